# htdm_test(NAME SOURCES file... [LIBRARIES lib...] [RANKS n...] [THREADS n] [LABELS label...])
#
# One GoogleTest program test_NAME, run once per number of ranks. When any number is above 1 the
# program's main starts MPI, and the runs with more than one rank go through mpirun.sh.
function(htdm_test name)
  cmake_parse_arguments(ARG "" "THREADS" "SOURCES;LIBRARIES;RANKS;LABELS" ${ARGN})
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "htdm_test(${name}): SOURCES is missing or not understood: "
                        "${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_RANKS)
    set(ARG_RANKS 1)
  endif()
  if(NOT ARG_THREADS)
    set(ARG_THREADS 1)
  endif()
  set(main htdm_test_main)
  foreach(ranks IN LISTS ARG_RANKS)
    if(ranks GREATER 1)
      set(main htdm_test_mpi_main)
    endif()
  endforeach()

  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE ${main} htdm_test_support ${ARG_LIBRARIES})
  target_precompile_headers(test_${name} REUSE_FROM htdm_test_main)
  set_target_properties(test_${name} PROPERTIES HTDM_TEST TRUE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms inside std::string, which a precompiled header no longer hides.
    target_compile_options(test_${name} PRIVATE -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  foreach(label unit threads)
    if(label IN_LIST ARG_LABELS)
      add_dependencies(${label}_tests test_${name})
    endif()
  endforeach()
  foreach(ranks IN LISTS ARG_RANKS)
    if(ranks EQUAL 1)
      set(test ${name})
      set(command $<TARGET_FILE:test_${name}>)
    else()
      set(test ${name}_${ranks}_ranks)
      set(command ${PROJECT_SOURCE_DIR}/tests/support/mpirun.sh ${ranks} ${ARG_THREADS}
                  $<TARGET_FILE:test_${name}>)
    endif()
    add_test(NAME ${test} COMMAND ${command})
    htdm_test_properties(${test} RANKS ${ranks} THREADS ${ARG_THREADS} LABELS ${ARG_LABELS})
    if(main STREQUAL "htdm_test_mpi_main")  # MPI libraries keep memory to the end, by design
      set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
    endif()
  endforeach()
endfunction()

# htdm_test_properties(TEST [RANKS n] [THREADS n] [CORES n] [TIMEOUT seconds] [LABELS label...])
#
# What every test declares: the cores it keeps busy (ranks x threads, unless CORES says less, as its
# processes start, end and wait more than they compute), its labels, and its environment.
function(htdm_test_properties test)
  cmake_parse_arguments(ARG "" "RANKS;THREADS;CORES;TIMEOUT" "LABELS" ${ARGN})
  foreach(default "RANKS=1" "THREADS=1" "TIMEOUT=300")
    string(REPLACE "=" ";" pair ${default})
    list(GET pair 0 key)
    list(GET pair 1 value)
    if(NOT ARG_${key})
      set(ARG_${key} ${value})
    endif()
  endforeach()
  if(NOT ARG_CORES)
    math(EXPR ARG_CORES "${ARG_RANKS} * ${ARG_THREADS}")
  endif()
  # Open MPI starts at once where it need not look for fast networks, nor start a daemon for one rank.
  set(environment OMP_NUM_THREADS=${ARG_THREADS} HTDM_TEST_TIMEOUT=${ARG_TIMEOUT}
      OMPI_MCA_pml=ob1 OMPI_MCA_btl=^openib,ofi,uct OMPI_MCA_ess_singleton_isolated=1)
  if(HTDM_SANITIZE STREQUAL "address")
    list(APPEND environment UBSAN_OPTIONS=print_stacktrace=1)
  elseif(HTDM_SANITIZE STREQUAL "thread")
    # Libraries that are not compiled for it synchronise in ways that it cannot see.
    set(tsan ignore_noninstrumented_modules=1 halt_on_error=1 second_deadlock_stack=1
             suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan_suppressions.txt)
    list(JOIN tsan ":" tsan)
    list(APPEND environment TSAN_OPTIONS=${tsan})
    if(HTDM_ARCHER)  # tells it how libomp synchronises
      list(APPEND environment OMP_TOOL_LIBRARIES=${HTDM_ARCHER})
    endif()
  endif()
  math(EXPR timeout "${ARG_TIMEOUT} + 20")
  set_tests_properties(${test} PROPERTIES PROCESSORS ${ARG_CORES} LABELS "${ARG_LABELS}"
    ENVIRONMENT "${environment}" TIMEOUT ${timeout})
endfunction()
