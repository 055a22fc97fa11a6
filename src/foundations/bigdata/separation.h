// The separation of three administrators (三员分立): the one rule for which rights go together.
//
// Every right belongs to one office. System makes accounts and runs the machine; security gives and
// takes rights and ends sessions; audit reads the audit log; all others do the zone's business. The
// rights of one account, over all its roles, touch one office only: nobody who makes accounts gives
// rights, nobody who gives rights reads the log of it, and none of the three sees business data.
// Source: GB/T 22239-2019, 8.1.5 (system, audit and security management are apart).
#pragma once

#include "foundations/bigdata/catalog.h"

#include <span>
#include <string>
#include <string_view>

namespace anlan::bigdata {

/// `shared`: rights that tell nothing of the zone's business and that any office may hold
/// (account.read, journal.*).
enum class Office { shared, business, system, security, audit };

Office office_of_right(std::string_view right);
std::string_view name_of(Office office);  ///< "business", "system", "security", "audit".

/// The office of all the roles together; `shared` for none. Errors: offices_mixed, naming the
/// roles; no_such_role.
Result<Office> office_of_roles(const Catalog& catalog, std::span<const std::string> roles);

/// Every role by itself keeps to one office. Errors: offices_mixed. At the start of the program.
Result<void> check_offices(const Catalog& catalog);

/// Whether one list of rights, with its "*", holds `right`. "*" as a subject stands for the kinds
/// of the catalog and for nothing else: "*.read" does not open "audit.read".
bool holds(const Catalog& catalog, std::span<const std::string> rights, std::string_view right);

}  // namespace anlan::bigdata
