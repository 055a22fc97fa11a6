# The lake and what DuckDB it needs: a library of its own, so that nothing else sees DuckDB.
anlan_library(lake
  SOURCES lake.cpp lake_reads.cpp lake_house.cpp lake_store.cpp lake_archive.cpp duckdb_wrapper.cpp
  DEPENDS core
  PRIVATE_LINKS duckdb)
anlan_test(lake SOURCES lake_test.cpp lake_crash_test.cpp DEPENDS duckdb)
