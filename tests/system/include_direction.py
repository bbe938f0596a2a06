"""Do the rooms of src/ include only what they may?

    include_direction.py SRC              print every breach, exit 1 if there is one
    include_direction.py SRC --self-test  plant breaches in a copy and see that each is found

A room may include headers of the rooms below it; a library that belongs to a few rooms stays in
them. Includes of the project's own headers are rooted at src/ ("room/header.hpp").
"""

import pathlib
import re
import shutil
import sys
import tempfile

BELOW_RANDOM = {"core"}
BELOW_DIFFUSION = BELOW_RANDOM | {"random"}
BELOW_DENOISER = BELOW_DIFFUSION | {"diffusion"}
BELOW_SAMPLERS = BELOW_DENOISER | {"denoiser"}
MAY_USE = {
    "core": set(),
    "random": BELOW_RANDOM,
    "diffusion": BELOW_DIFFUSION,
    "denoiser": BELOW_DENOISER,
    "samplers": BELOW_SAMPLERS,
    "stats": {"core"},
    "parallel": {"core"},
    "io": BELOW_SAMPLERS | {"samplers", "stats", "parallel"},
}
MAY_USE["app"] = set(MAY_USE)

# Third-party headers (by the start of their names) and the only rooms that may include them.
ONLY_IN = [
    (r"mpi\.h", {"parallel"}),
    (r"omp\.h", {"parallel"}),
    (r"hdf5", {"io"}),
    (r"H5", {"io"}),
    (r"Eigen/", {"core", "diffusion", "denoiser", "samplers", "stats"}),
    (r"hwy/contrib/sort/", {"stats"}),
    (r"hwy/(?!contrib/sort/)", {"core", "random", "denoiser", "samplers"}),
    (r"Random123/", {"random"}),
    (r"boost/(serialization|archive)/", {"io"}),
    (r"boost/math/", {"core", "denoiser", "diffusion", "samplers", "stats"}),
    (r"toml", {"io"}),
    (r"CLI/", {"app"}),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
LINK = re.compile(r"\bhtdm_([a-z0-9]+)\b")


def include_breaches(room, text):
    """What is wrong with the includes of one source file of `room`."""
    for quote, header in INCLUDE.findall(text):
        if quote == '"':
            other = header.split("/")[0]
            if "/" not in header or other not in MAY_USE:
                yield f'"{header}" is not rooted at src/'
            elif other != room and other not in MAY_USE[room]:
                yield f'"{header}": {room} may not use {other}'
            continue
        for pattern, rooms in ONLY_IN:
            if re.match(pattern, header) and room not in rooms:
                yield f"<{header}> belongs to {', '.join(sorted(rooms))}"


def link_breaches(room, text):
    """Rooms that the CMakeLists of `room` links though it may not use them."""
    for other in sorted(set(LINK.findall(text)) - {room, "options"}):
        if other in MAY_USE and other not in MAY_USE[room]:
            yield f"links htdm_{other}: {room} may not use {other}"


def breaches(src):
    """All of them, as "file: what"; and the number of files read."""
    found, read = [], 0
    for path in sorted(src.rglob("*")):
        parts = path.relative_to(src).parts
        if len(parts) < 2 or not path.is_file():
            continue
        room, name = parts[0], "/".join(parts)
        if room not in MAY_USE:
            found.append(f"{name}: {room} is not a room")
            continue
        if path.suffix in (".hpp", ".cpp", ".h", ".inc"):
            problems = include_breaches(room, path.read_text())
        elif path.name == "CMakeLists.txt":
            problems = link_breaches(room, path.read_text())
        else:
            continue
        read += 1
        found += [f"{name}: {problem}" for problem in problems]
    return found, read


PLANTS = [  # file, line appended to it
    ("core/planted.hpp", '#include "random/stream.hpp"'),
    ("random/planted.cpp", '#include "diffusion/target.hpp"'),
    ("diffusion/planted.cpp", '  #  include   "denoiser/model.hpp"  // spaced'),
    ("denoiser/planted.hpp", '#include "samplers/sampler.hpp"'),
    ("samplers/planted.cpp", '#include "parallel/communicator.hpp"'),
    ("samplers/planted.cpp", '#include "stats/intervals.hpp"'),
    ("stats/planted.cpp", '#include "diffusion/target.hpp"'),
    ("parallel/planted.hpp", '#include "io/results.hpp"'),
    ("io/planted.cpp", '#include "app/study.hpp"'),
    ("app/planted.cpp", "#include <mpi.h>"),
    ("samplers/planted.cpp", "#include <omp.h>"),
    ("parallel/planted.cpp", "#include <hdf5.h>"),
    ("app/planted.cpp", "#include <H5Cpp.h>"),
    ("io/planted.cpp", "#include <Eigen/Core>"),
    ("stats/planted.cpp", "#include <hwy/highway.h>"),
    ("parallel/planted.cpp", "#include <boost/serialization/vector.hpp>"),
    ("denoiser/planted.cpp", "#include <boost/archive/binary_oarchive.hpp>"),
    ("core/planted.cpp", '#include "error.hpp"'),
    ("stats/planted.cpp", '#include "../core/error.hpp"'),
    ("samplers/CMakeLists.txt", "target_link_libraries(htdm_samplers PRIVATE htdm_io)"),
]
HARMLESS = [
    ("samplers/planted.cpp", '#include "core/error.hpp"'),
    ("parallel/planted.cpp", "#include <mpi.h>"),
    ("app/planted.cpp", '#include "io/results.hpp"'),
    ("random/planted.cpp", '// as #include "io/results.hpp" would'),
]


def self_test(src):
    for plants, wanted in ((PLANTS, 1), (HARMLESS, 0)):
        for file, line in plants:
            with tempfile.TemporaryDirectory() as folder:
                copy = pathlib.Path(folder) / "src"
                shutil.copytree(src, copy)
                before = breaches(copy)[0]
                with open(copy / file, "a", encoding="utf-8") as out:
                    out.write(f"\n{line}\n")
                new = [b for b in breaches(copy)[0] if b not in before]
                if len(new) != wanted or not all(b.startswith(file) for b in new):
                    sys.exit(f"{line!r} in {file}: {wanted} breach expected, found {new}")
    print(f"{len(PLANTS)} planted breaches found, {len(HARMLESS)} harmless lines passed")


def main():
    src = pathlib.Path(sys.argv[1])
    if sys.argv[2:] == ["--self-test"]:
        return self_test(src)
    found, read = breaches(src)
    if read == 0:
        sys.exit(f"no source file under {src}")
    if found:
        sys.exit("\n".join(found))
    print(f"{read} files include only what they may")


if __name__ == "__main__":
    main()
