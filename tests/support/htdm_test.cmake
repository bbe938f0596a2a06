# htdm_test(NAME SOURCES file... [LIBRARIES lib...] [RANKS n...] [THREADS n] [LABELS label...])
#
# One GoogleTest program test_NAME, run once per number of ranks. A program run under mpirun uses
# the support library's main, which fails when any rank fails and when no test ran.
function(htdm_test name)
  cmake_parse_arguments(ARG "" "THREADS" "SOURCES;LIBRARIES;RANKS;LABELS" ${ARGN})
  if(NOT ARG_RANKS)
    set(ARG_RANKS 1)
  endif()
  if(NOT ARG_THREADS)
    set(ARG_THREADS 1)
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE htdm_test_main htdm_test_support ${ARG_LIBRARIES})
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
    math(EXPR processors "${ranks} * ${ARG_THREADS}")
    set_tests_properties(${test} PROPERTIES PROCESSORS ${processors} LABELS "${ARG_LABELS}"
      ENVIRONMENT "OMP_NUM_THREADS=${ARG_THREADS}")
  endforeach()
endfunction()
