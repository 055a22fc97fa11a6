# Accounts and sessions: a library of its own, so that nothing else sees libsodium.
anlan_library(accounts
  SOURCES accounts.cpp sign_in.cpp sessions.cpp audit.cpp password_policy.cpp administration.cpp account_secrets.cpp
  DEPENDS bigdata core
  PRIVATE_LINKS PkgConfig::sodium)
anlan_test(accounts SOURCES
  accounts_test.cpp sessions_test.cpp audit_test.cpp administration_test.cpp)
