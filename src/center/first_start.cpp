#include "center/first_start.h"

#include <algorithm>
#include <array>

namespace anlan::center {
namespace {

constexpr std::string_view k_alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

struct Administrator {
    const char *account, *role, *zh, *en;
};
constexpr std::array k_administrators{
    Administrator{"sysadmin", "system_administrator", "系统管理员", "System administrator"},
    Administrator{"secadmin", "security_administrator", "安全管理员", "Security administrator"},
    Administrator{"auditadmin", "audit_administrator", "审计管理员", "Audit administrator"}};

}  // namespace

std::string strong_password(Random& random) {
    std::string out;
    while (out.size() < 20) {
        std::array<std::uint8_t, 32> bytes{};
        random.fill(bytes);
        for (const auto byte : bytes) {
            // Bytes past the last whole multiple would make the first letters likelier.
            const std::size_t limit = 256 - 256 % k_alphabet.size();
            if (byte < limit && out.size() < 20) out += k_alphabet[byte % k_alphabet.size()];
        }
    }
    return out;
}

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
        const std::string password = strong_password(random);
        TRY(accounts.create(account, password));
        out.push_back({each.account, password, {each.zh, each.en}});
    }
    return out;
}

}  // namespace anlan::center
