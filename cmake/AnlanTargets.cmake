# How every part of the house is built: one static library a folder, its tests beside it.
#
#   anlan_library(models_routing SOURCES graph.cpp DEPENDS core PUBLIC_LINKS ... PRIVATE_LINKS ...)
#   anlan_test(models_routing SOURCES graph_test.cpp)          # executable test_models_routing,
#                                        # built by its own name or with all_unit_tests
#   anlan_fuzzer(gb26875 SOURCES fuzz.cpp DEPENDS sensing)     # only with ANLAN_FUZZ

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(ANLAN_BENCH "Build the benchmarks" OFF)
option(ANLAN_FUZZ "Build the fuzzers (needs clang)" OFF)
set(ANLAN_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")

add_library(anlan_options INTERFACE)
target_include_directories(anlan_options INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/src)
target_compile_options(anlan_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wimplicit-fallthrough -Woverloaded-virtual
  # False alarms of GCC 12 inside the standard library and Boost at -O2.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized -Wno-missing-field-initializers>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-designated-field-initializers -Wno-missing-field-initializers -Wno-deprecated-declarations>)
if(ANLAN_SANITIZE)
  # -Og: at -O1 GCC 12 takes nearly three times as long over the checks of pointers.
  target_compile_options(anlan_options INTERFACE -fsanitize=${ANLAN_SANITIZE} -fno-omit-frame-pointer -g1 -Og)
  target_link_options(anlan_options INTERFACE -fsanitize=${ANLAN_SANITIZE})
endif()
if(ANLAN_FUZZ)
  target_compile_options(anlan_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -g1 -O1)
  target_link_options(anlan_options INTERFACE -fsanitize=address,undefined)
endif()
# Half the build time of a Release is spent on -O3 that no benchmark can see.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

function(anlan_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PUBLIC_LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC anlan_options ${ARG_DEPENDS} ${ARG_PUBLIC_LINKS}
                                PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

# Every unit test. They run under the sanitizers; the release build tests the program as a whole.
add_custom_target(all_unit_tests)

function(anlan_test name)
  if(ANLAN_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(test_${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE ${name} ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(test_${name} PRIVATE ANLAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_dependencies(all_unit_tests test_${name})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()

function(anlan_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(bench_${name} ${ARG_SOURCES})
  target_link_libraries(bench_${name} PRIVATE anlan_options ${ARG_DEPENDS} benchmark::benchmark_main)
  target_compile_definitions(bench_${name} PRIVATE ANLAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endfunction()

# Every fuzzer: what ./test fuzz builds.
add_custom_target(all_fuzzers)

function(anlan_fuzzer name)
  if(NOT ANLAN_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE anlan_options ${ARG_DEPENDS} -fsanitize=fuzzer)
  add_dependencies(all_fuzzers fuzz_${name})
endfunction()
