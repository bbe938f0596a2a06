# Writes OUTPUT, a source file that knows the commit of SOURCE, and leaves it alone when nothing
# changed. Outside a repository (a tarball, perhaps unpacked inside another project's repository)
# the commit is "unknown".
find_package(Git QUIET)
set(ENV{GIT_OPTIONAL_LOCKS} 0)  # looking may not hold up a commit
set(hash unknown)
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --show-toplevel WORKING_DIRECTORY ${SOURCE}
                  OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  file(REAL_PATH ${SOURCE} here)
  if(top STREQUAL here)
    execute_process(
      COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=12 --exclude=*
      WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE described RESULT_VARIABLE failed
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(failed EQUAL 0)
      set(hash ${described})
    endif()
  endif()
endif()

set(text "namespace htdm {\n\nconst char* git_hash() { return \"${hash}\"; }\n\n}  // namespace htdm\n")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT before STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
