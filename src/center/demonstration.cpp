#include "center/demonstration.h"

#include "center/errors.h"
#include "core/hash.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace anlan::center {
namespace {

/// The record of a kind whose field has the value; nil when there is none.
Result<Uuid> find_id(const CenterContext& context, std::string_view kind, const std::string& field,
                     json::value value) {
    const bigdata::View view{context.zone, std::string(bigdata::k_live),
                             bigdata::RowFilter::everything()};
    TRY_ASSIGN(found, context.records.all(view, kind,
                                          {{field, bigdata::Compare::equal, std::move(value)}}));
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
            return fail(errors::k_bad_configuration,
                        {{"what", out.account + ": no role '" + role + "'"}});
        }
    }
    if (node["grid"]) {
        TRY_ASSIGN(id, find_id(context, "grid", "number", node["grid"].as<std::int64_t>()));
        out.grid = id;
    }
    if (node["enterprise"]) {
        TRY_ASSIGN(id, find_id(context, "enterprise", "code",
                               json::value(node["enterprise"].as<std::string>())));
        out.enterprise = id;
    }
    return out;
}

}  // namespace

Result<std::vector<EntranceLink>> open_demonstration(CenterContext& context,
                                                     const std::filesystem::path& file) {
    std::vector<EntranceLink> out;
    try {
        const auto existing = context.accounts.list();
        for (const auto& node : YAML::LoadFile(file.string())["accounts"]) {
            TRY_ASSIGN(account, account_of(context, node));
            const auto known =
                std::ranges::find(existing, account.account, &bigdata::Account::account);
            if (known == existing.end())
                TRY(context.accounts.create(account, "", bigdata::by_program(context.zone)));
            else if (known->disabled)
                TRY(context.accounts.enable(account.account, bigdata::by_program(context.zone)));
            if (!node["link"] || !node["link"].as<bool>()) continue;
            TRY_ASSIGN(secret, context.accounts.make_link(account.account, k_link_valid_ms,
                                                          bigdata::by_program(context.zone)));
            out.push_back({account.account,
                           secret,
                           {account.name, account.name_en},
                           {node["title"].as<std::string>(), node["title_en"].as<std::string>()}});
        }
    } catch (const YAML::Exception& exception) {
        return fail(errors::k_bad_configuration,
                    {{"what", file.string() + ": " + exception.what()}});
    }
    return out;
}

Result<void> close_demonstration(bigdata::Accounts& accounts) {
    for (const auto& account : accounts.list()) {
        if (account.demonstration && !account.disabled)
            TRY(accounts.disable(account.account, bigdata::by_program(account.zone)));
    }
    return {};
}

Result<void> set_demonstration_tokens(bigdata::Register& records, const std::string& zone,
                                      Tokens tokens) {
    using bigdata::Compare;
    const bigdata::View view{zone, std::string(bigdata::k_live), bigdata::RowFilter::everything()};
    TRY_ASSIGN(devices, records.all(view, "device",
                                    {{"protocol", Compare::equal, json::value("http_json")}}));
    bigdata::Batch batch;
    batch.zone = zone;
    batch.author = {Uuid{}, "anlan", "command_line"};
    for (const auto& device : devices) {
        const std::string hash = hex(sm3("demo-" + std::string(text_at(device.fields, "address"))));
        const auto kept = text_at(device.fields, "credential_hash");
        if (tokens == Tokens::set ? !kept.empty() : kept != hash) continue;
        bigdata::Change change;
        change.action = bigdata::Action::update;
        change.kind = device.kind;
        change.id = device.id;
        change.reason = "demonstration";
        change.fields["credential_hash"] =
            tokens == Tokens::set ? json::value(hash) : json::value(nullptr);
        batch.changes.push_back(std::move(change));
    }
    if (batch.changes.empty()) return {};
    TRY(records.write(std::move(batch)));
    return {};
}

}  // namespace anlan::center
