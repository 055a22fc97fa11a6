#include "center/first_start.h"

#include "foundations/bigdata/administration.h"

#include <algorithm>
#include <array>

namespace anlan::center {
namespace {

struct Administrator {
    const char *account, *role, *zh, *en;
};
constexpr std::array k_administrators{
    Administrator{"sysadmin", "system_administrator", "系统管理员", "System administrator"},
    Administrator{"secadmin", "security_administrator", "安全管理员", "Security administrator"},
    Administrator{"auditadmin", "audit_administrator", "审计管理员", "Audit administrator"}};

}  // namespace

Result<std::vector<NewPassword>> make_administrators(bigdata::Accounts& accounts, Random& random,
                                                     const std::string& zone) {
    std::vector<NewPassword> out;
    const auto existing = accounts.list();
    for (const auto& each : k_administrators) {
        if (std::ranges::find(existing, each.account, &bigdata::Account::account) != existing.end())
            continue;
        bigdata::Account account;
        account.account = each.account;
        account.name = each.zh;
        account.name_en = each.en;
        account.zone = zone;
        account.roles = {each.role};
        account.must_change = true;
        const std::string password = bigdata::strong_password(random);
        TRY(accounts.create(account, password, bigdata::by_program(zone)));
        out.push_back({each.account, password, {each.zh, each.en}});
    }
    return out;
}

}  // namespace anlan::center
