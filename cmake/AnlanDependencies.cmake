# Debian packages, and DuckDB's library and header from npm (fetched by tools/setup into .cache/).
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
pkg_check_modules(proj REQUIRED IMPORTED_TARGET proj)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET pangocairo)
pkg_check_modules(icu REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
pkg_check_modules(xlsxwriter REQUIRED IMPORTED_TARGET xlsxwriter)
pkg_check_modules(zip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(expat REQUIRED IMPORTED_TARGET expat)
if(ANLAN_BENCH)
  find_package(benchmark REQUIRED)
endif()

set(ANLAN_DUCKDB_DIR ${CMAKE_CURRENT_SOURCE_DIR}/.cache/duckdb CACHE PATH
    "Where tools/setup put duckdb.h and libduckdb.so")
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION ${ANLAN_DUCKDB_DIR}/libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES ${ANLAN_DUCKDB_DIR})
