#include "center/first_start.h"

#include "center/errors.h"

#include <yaml-cpp/yaml.h>

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

/// The record of a kind whose field has the value; nil when there is none.
Result<Uuid> find_id(const CenterContext& context, std::string_view kind, const std::string& field, json::value value) {
    const bigdata::View view{context.zone, std::string(bigdata::k_live), bigdata::RowFilter::everything()};
    TRY_ASSIGN(found, context.records.all(view, kind, {{field, bigdata::Compare::equal, std::move(value)}}));
    return found.empty() ? Uuid{} : found.front().id;
}

Result<bigdata::Account> account_of(const CenterContext& context, const YAML::Node& node) {
    bigdata::Account out;
    out.account = node["account"].as<std::string>();
    out.name = node["name"].as<std::string>();
    out.name_en = node["name_en"].as<std::string>();
    out.zone = context.zone;
    out.roles = node["roles"].as<std::vector<std::string>>();
    out.demonstration = true;
    for (const auto& role : out.roles) {
        if (context.catalog.role(role) == nullptr) {
            return fail(errors::k_bad_configuration, {{"what", out.account + ": no role '" + role + "'"}});
        }
    }
    if (node["grid"]) {
        TRY_ASSIGN(id, find_id(context, "grid", "number", node["grid"].as<std::int64_t>()));
        out.grid = id;
    }
    if (node["enterprise"]) {
        TRY_ASSIGN(id, find_id(context, "enterprise", "code", json::value(node["enterprise"].as<std::string>())));
        out.enterprise = id;
    }
    return out;
}

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

Result<std::vector<NewPassword>> make_administrators(bigdata::Accounts& accounts, Random& random, const std::string& zone) {
    std::vector<NewPassword> out;
    const auto existing = accounts.list();
    for (const auto& each : k_administrators) {
        if (std::ranges::find(existing, each.account, &bigdata::Account::account) != existing.end()) continue;
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

Result<std::vector<EntranceLink>> open_demonstration(CenterContext& context, const std::filesystem::path& file) {
    std::vector<EntranceLink> out;
    try {
        const auto existing = context.accounts.list();
        for (const auto& node : YAML::LoadFile(file.string())["accounts"]) {
            TRY_ASSIGN(account, account_of(context, node));
            const auto known = std::ranges::find(existing, account.account, &bigdata::Account::account);
            if (known == existing.end()) TRY(context.accounts.create(account, ""));
            else if (known->disabled) TRY(context.accounts.enable(account.account));
            if (!node["link"] || !node["link"].as<bool>()) continue;
            TRY_ASSIGN(secret, context.accounts.make_link(account.account, k_link_valid_ms));
            out.push_back({account.account, secret, {account.name, account.name_en},
                           {node["title"].as<std::string>(), node["title_en"].as<std::string>()}});
        }
    } catch (const YAML::Exception& exception) {
        return fail(errors::k_bad_configuration, {{"what", file.string() + ": " + exception.what()}});
    }
    return out;
}

Result<void> close_demonstration(bigdata::Accounts& accounts) {
    for (const auto& account : accounts.list()) {
        if (account.demonstration && !account.disabled) TRY(accounts.disable(account.account));
    }
    return {};
}

}  // namespace anlan::center
