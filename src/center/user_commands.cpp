// `anlan user …` and `anlan audit …`: people administered at the machine itself. The same rules as
// in the API (foundations/bigdata/administration.h), but for those that keep one administrator from
// taking another's place.
#include "center/access_settings.h"
#include "center/commands.h"
#include "foundations/bigdata/administration.h"

#include <iostream>

#include <pwd.h>
#include <termios.h>
#include <unistd.h>

namespace anlan::center {
namespace {

using bigdata::Administration;

/// What every command here needs, in the order of its making.
struct Desk {
    SystemClock clock;
    SystemRandom random;
    IdSource ids{clock, random};
    bigdata::Catalog catalog;
    bigdata::Access access{catalog};
    std::unique_ptr<bigdata::Accounts> accounts;
};

Result<std::unique_ptr<Desk>> open_desk(const Configuration& configuration) {
    std::error_code error;
    const auto file = configuration.data / "accounts.db";
    if (!std::filesystem::exists(file, error)) {
        return fail(
            errors::k_io,
            {{"what", file.string() + " is missing: start 'anlan serve' once, or name --data"}});
    }
    auto out = std::make_unique<Desk>();
    TRY_ASSIGN(catalog, bigdata::Catalog::load(configuration.catalog));
    out->catalog = std::move(catalog);
    bigdata::Accounts::Options options;
    options.database = file;
    options.clock = &out->clock;
    options.random = &out->random;
    options.ids = &out->ids;
    TRY(read_access_settings(configuration.catalog / "settings/access.yaml", options));
    TRY_ASSIGN(accounts, bigdata::Accounts::open(std::move(options)));
    out->accounts = std::move(accounts);
    return out;
}

std::string system_user() {
    const passwd* found = getpwuid(geteuid());
    return found != nullptr ? found->pw_name : std::to_string(geteuid());
}

std::string read_password() {
    const bool terminal = isatty(STDIN_FILENO) != 0;
    termios old{};
    if (terminal) {
        std::cerr << "口令 Password: " << std::flush;
        tcgetattr(STDIN_FILENO, &old);
        termios silent = old;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    std::string out;
    std::getline(std::cin, out);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        std::cerr << '\n';
    }
    return out;
}

int list_users(const bigdata::Accounts& accounts, const Output& output) {
    json::array out;
    for (const auto& each : accounts.list()) {
        json::array roles;
        for (const auto& role : each.roles) roles.emplace_back(role);
        if (output.json) {
            out.push_back(json::object{{"account", each.account},
                                       {"name", each.name},
                                       {"name_en", each.name_en},
                                       {"zone", each.zone},
                                       {"roles", std::move(roles)},
                                       {"demonstration", each.demonstration},
                                       {"disabled", each.disabled},
                                       {"must_change", each.must_change},
                                       {"locked", each.locked_until.has_value()}});
            continue;
        }
        std::cout << each.account << "\t" << each.name << "\t" << each.zone << "\t";
        for (const auto& role : each.roles) std::cout << role << ' ';
        std::cout << (each.demonstration ? "\t演示 demonstration" : "")
                  << (each.disabled ? "\t停用 disabled" : "")
                  << (each.locked_until ? "\t锁定 locked" : "") << '\n';
    }
    if (output.json) std::cout << to_text(out) << '\n';
    return 0;
}

Result<Uuid> id_of(const std::string& text) {
    if (text.empty()) return Uuid{};
    const auto id = Uuid::parse(text);
    if (!id) return fail(errors::k_invalid_input, {{"what", "no UUID: " + text}});
    return *id;
}

Result<json::object> change_user(Desk& desk, const Configuration& configuration,
                                 const UserCommand& command) {
    // The zone of the account; of one that is to be made, the configuration's.
    const auto existing = desk.accounts->read(command.account);
    const std::string zone = existing ? existing->zone : configuration.zone;
    const Principal program = bigdata::Access::program(zone);
    const Administration office(*desk.accounts, desk.access, desk.catalog, desk.clock, desk.random);
    const Administration::Caller caller{program, bigdata::by_command_line(zone, system_user())};
    json::object out{{"account", command.account}};
    bigdata::Account wanted;
    wanted.account = command.account;
    wanted.name = command.name.empty() ? command.account : command.name;
    wanted.name_en = command.name_en;
    wanted.roles = command.roles;
    if (command.action == "link") {
        TRY_ASSIGN(secret, desk.accounts->make_link(
                               command.account,
                               static_cast<std::int64_t>(command.hours * 3600 * 1000), caller.by));
        out["token"] = secret;
        out["url"] =
            "http://127.0.0.1:" + std::to_string(configuration.http_port) + "/enter#" + secret;
    } else if (command.action == "disable") {
        TRY(office.disable(caller, command.account));
    } else if (command.action == "enable") {
        TRY(office.enable(caller, command.account));
    } else if (command.action == "unlock") {
        TRY(office.unlock(caller, command.account));
    } else if (command.action == "roles") {
        TRY_ASSIGN(grid, id_of(command.grid));
        TRY_ASSIGN(enterprise, id_of(command.enterprise));
        TRY_ASSIGN(organisation, id_of(command.organisation));
        wanted.grid = grid;
        wanted.enterprise = enterprise;
        wanted.organisation = organisation;
        TRY(office.set_rights(caller, wanted));
    } else {
        std::optional<std::string> typed;
        if (!command.generate) typed = read_password();
        std::string password;
        if (command.action == "password") {
            TRY_ASSIGN(given, office.reset(caller, command.account, typed));
            password = given;
        } else {
            TRY_ASSIGN(made, office.create(caller, wanted, typed));
            password = made.password;
        }
        if (command.generate) out["password"] = password;
    }
    return out;
}

}  // namespace

int user(const Configuration& given, const UserCommand& command, const Output& output) {
    Configuration configuration = given;
    fill_shipped(configuration);
    auto desk = open_desk(configuration);
    if (!desk) return failed(desk.error(), output);
    if (command.action == "list") return list_users(*(*desk)->accounts, output);
    const auto done = change_user(**desk, configuration, command);
    if (!done) return failed(done.error(), output);
    if (output.json) {
        std::cout << to_text(*done) << '\n';
    } else {
        for (const char* what : {"url", "password"}) {
            if (const auto text = text_at(*done, what); !text.empty()) std::cout << text << '\n';
        }
    }
    return 0;
}

int audit(const Configuration& given, const AuditCommand& command, const Output& output) {
    Configuration configuration = given;
    fill_shipped(configuration);
    auto desk = open_desk(configuration);
    if (!desk) return failed(desk.error(), output);
    const Principal program = bigdata::Access::program(configuration.zone);
    const Administration office(*(*desk)->accounts, (*desk)->access, (*desk)->catalog,
                                (*desk)->clock, (*desk)->random);
    const Administration::Caller caller{
        program, bigdata::by_command_line(configuration.zone, system_user())};
    if (command.action == "export") {
        const auto text = office.audit_csv(caller, {}, output.language);
        if (!text) return failed(text.error(), output);
        std::cout << *text;
        return 0;
    }
    const auto verdict = office.verify_audit(caller);
    if (!verdict) return failed(verdict.error(), output);
    const bool whole = !verdict->broken_at;
    if (output.json) {
        json::object out{{"entries", verdict->entries}, {"head", verdict->head}, {"whole", whole}};
        if (!whole) out["broken_at"] = *verdict->broken_at;
        std::cout << to_text(out) << '\n';
    } else if (whole) {
        std::cout << "审计日志完整 The audit log is whole: " << verdict->entries
                  << " 条 entries, SM3 " << verdict->head << '\n';
    } else {
        std::cout << "审计日志在第 " << *verdict->broken_at
                  << " 条断开 The audit log breaks at entry " << *verdict->broken_at << '\n';
    }
    return whole ? 0 : 1;
}

}  // namespace anlan::center
