#include "center/backup_commands.h"

#include "center/data_folder.h"
#include "center/errors.h"
#include "foundations/bigdata/backup/errors.h"
#include "foundations/bigdata/backup/restore.h"
#include "foundations/bigdata/catalog.h"

#include <algorithm>
#include <iostream>

#include <unistd.h>

namespace anlan::center {

namespace backup = bigdata::backup;
namespace fs = std::filesystem;

namespace {

/// A line that rewrites itself, on a terminal alone.
class ProgressLine {
  public:
    ProgressLine() : m_shown(isatty(STDERR_FILENO) != 0) {}
    ~ProgressLine() {
        if (m_percent >= 0) std::cerr << '\n';
    }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    void show(std::uint64_t done, std::uint64_t total) {
        const int percent = total == 0 ? 0 : static_cast<int>(100 * done / total);
        if (!m_shown || percent == m_percent) return;
        m_percent = percent;
        std::cerr << '\r' << percent << " %" << std::flush;
    }

  private:
    const bool m_shown;
    int m_percent = -1;
};

json::object made_json(const backup::Made& made) {
    auto out = backup::to_json({made.folder.filename().string(), made.folder, made.manifest, {}});
    out["folder"] = made.folder.string();
    out["linked_bytes"] = made.linked_bytes;
    return out;
}

json::object error_json(const Error& error) {
    return {{"error", error.row->id},
            {"zh", text_of(error, Language::zh)},
            {"en", text_of(error, Language::en)}};
}

std::string megabytes(std::int64_t bytes) {
    return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MB";
}

/// What a person wants to know of a backup, one line.
std::string line_of(const json::object& told) {
    if (boolean_at(told, "damaged", false))
        return std::string(text_at(told, "name")) + "  清单损坏 manifest damaged";
    const auto made_at = parse_iso8601(text_at(told, "made_at")).value_or(Timestamp{});
    std::string out = std::string(text_at(told, "name")) + "  " + beijing_text(made_at) +
                      "  日志 journal " + std::to_string(integer_at(told, "sequence", 0)) +
                      "  读数 readings " + std::to_string(integer_at(told, "lake_rows", 0)) + "  " +
                      megabytes(integer_at(told, "bytes", 0));
    const auto faults = integer_at(told, "faults", -1);
    if (faults == 0) out += "  已校验 verified";
    if (faults > 0) out += "  损坏 damaged: " + std::to_string(faults);
    return out;
}

int say_made(const json::object& told, const Output& output) {
    if (output.json) {
        std::cout << to_text(told) << '\n';
        return 0;
    }
    std::cout << "备份完成 Backed up: " << text_at(told, "folder") << "\n"
              << line_of(told) << "\nSM3 " << text_at(told, "head") << '\n';
    if (text_at(told, "secrets") == "left_out") {
        std::cout << "未含密钥（证书等）：如需备份，请用 --passphrase-file 给出口令。\n"
                     "Keys (certificates and the like) were left out: to have them, give a "
                     "passphrase with --passphrase-file.\n";
    }
    return 0;
}

int say_remote_error(const json::object& told, const Output& output) {
    const auto text = text_at(told, output.language == Language::zh ? "zh" : "en");
    if (output.json)
        std::cout << to_text(json::object{{"error", text_at(told, "error")}, {"text", text}})
                  << '\n';
    else
        std::cerr << text << '\n';
    return 1;
}

/// Nobody serves the folder: its lock is ours.
Result<backup::Made> back_up_here(const Configuration& configuration, const DataFolder& folder,
                                  const backup::MakeOptions& options) {
    TRY_ASSIGN(catalog, bigdata::Catalog::load(configuration.catalog));
    const SystemClock clock;
    TRY_ASSIGN(lake, bigdata::Lake::open({.folder = folder.lake(), .clock = &clock}));
    return backup::make(folder.source(*lake, clock, ANLAN_VERSION, catalog.version()), options);
}

Result<std::optional<std::string>> passphrase_of(const BackupCommand& command) {
    if (command.passphrase_file.empty()) return std::optional<std::string>{};
    TRY_ASSIGN(passphrase, read_passphrase(command.passphrase_file));
    return std::optional(std::move(passphrase));
}

}  // namespace

ControlDoor::Handler control_handler(BackupDesk& desk) {
    return [&desk](const json::object& request, const Say& say) -> json::object {
        if (text_at(request, "do") != "backup")
            return error_json(Error(errors::k_invalid_input, {{"what", "do"}}));
        std::stop_source stop;
        std::uint64_t told = 0;
        backup::MakeOptions options;
        options.shelf = text_at(request, "to");
        options.bytes_per_s = static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, integer_at(request, "bytes_per_s", 0)));
        if (request.contains("passphrase"))
            options.passphrase = std::string(text_at(request, "passphrase"));
        options.stop = stop.get_token();
        // A line a megabyte; nobody listening any more ends the backup.
        options.progress = [&](std::uint64_t done, std::uint64_t total) {
            if (done < told + (1 << 20)) return;
            told = done;
            if (!say({{"progress", done}, {"total", total}})) stop.request_stop();
        };
        const auto made = desk.make(options);
        if (!made) return error_json(made.error());
        return {{"done", made_json(*made)}};
    };
}

int back_up(const Configuration& given, const BackupCommand& command, const Output& output) {
    Configuration configuration = given;
    fill_shipped(configuration);
    std::error_code error;
    if (!fs::exists(configuration.data / "register.db", error)) {
        return failed(
            Error(errors::k_not_found, {{"what", (configuration.data / "register.db").string()}}),
            output);
    }
    const auto passphrase = passphrase_of(command);
    if (!passphrase) return failed(passphrase.error(), output);
    ProgressLine line;
    backup::MakeOptions options;
    options.shelf = fs::absolute(command.folder);
    options.bytes_per_s = command.pace_mb_s << 20;
    options.passphrase = *passphrase;
    options.progress = [&](std::uint64_t done, std::uint64_t total) { line.show(done, total); };
    auto folder = DataFolder::open(configuration.data);
    if (folder) {
        const auto made = back_up_here(configuration, *folder, options);
        return made ? say_made(made_json(*made), output) : failed(made.error(), output);
    }
    if (!folder.error().is(errors::k_data_in_use)) return failed(folder.error(), output);
    json::object request{
        {"do", "backup"}, {"to", options.shelf.string()}, {"bytes_per_s", options.bytes_per_s}};
    if (options.passphrase) request["passphrase"] = *options.passphrase;
    const auto answer = ask_server(configuration.data, request, [&](const json::object& told) {
        line.show(static_cast<std::uint64_t>(integer_at(told, "progress", 0)),
                  static_cast<std::uint64_t>(integer_at(told, "total", 0)));
    });
    if (!answer) return failed(answer.error(), output);
    if (!*answer)
        return failed(folder.error(), output);  // In use by something that does not serve.
    if (const auto& made = object_at(**answer, "done"); !made.empty())
        return say_made(made, output);
    return say_remote_error(**answer, output);
}

int list_backups(const BackupCommand& command, const Output& output) {
    const auto all = backup::list(command.folder);
    if (!all) return failed(all.error(), output);
    json::array out;
    for (const auto& kept : *all) out.push_back(backup::to_json(kept));
    if (output.json) {
        std::cout << to_text(out) << '\n';
        return 0;
    }
    for (const auto& each : out) std::cout << line_of(each.get_object()) << '\n';
    if (out.empty()) std::cout << "没有备份 No backups\n";
    return 0;
}

int verify_backups(const BackupCommand& command, const Output& output) {
    std::vector<fs::path> folders;
    if (command.all) {
        const auto all = backup::list(command.folder);
        if (!all) return failed(all.error(), output);
        for (const auto& kept : *all) folders.push_back(kept.folder);
        if (folders.empty())
            return failed(Error(errors::k_no_backup, {{"folder", command.folder.string()}}),
                          output);
    } else {
        const auto one = backup::pick(command.folder);
        if (!one) return failed(one.error(), output);
        folders.push_back(*one);
    }
    const SystemClock clock;
    int code = 0;
    json::array told;
    for (const auto& folder : folders) {
        ProgressLine line;
        auto looked = backup::verify(
            folder, {.bytes_per_s = command.pace_mb_s << 20,
                     .progress = [&](auto done, auto total) { line.show(done, total); },
                     .stop = {}});
        Error error(errors::k_backup_damaged, {{"name", folder.string()}, {"count", "1"}});
        const bool read = looked.has_value();
        if (read) {
            error.parameters[1].second = std::to_string(looked->faults.size());
            error.fields = std::move(looked->faults);
            // A shelf that cannot be written to can still be verified.
            [[maybe_unused]] const auto kept =
                backup::remember(folder, {clock.now(), error.fields.size()});
        } else {
            error = looked.error();
        }
        const bool good = read && error.fields.empty();
        if (!good) code = 1;
        if (output.json) {
            json::object one{{"folder", folder.string()}, {"good", good}};
            if (!good) one["text"] = text_of(error, output.language);
            json::array faults;
            for (const auto& fault : error.fields)
                faults.push_back(json::object{{"where", fault.where}, {"id", fault.row->id}});
            one["faults"] = std::move(faults);
            told.push_back(std::move(one));
        } else if (good) {
            std::cout << "备份完好 The backup is good: " << folder.string() << "  SM3 "
                      << looked->manifest.head << '\n';
        } else {
            std::cerr << text_of(error, output.language) << '\n';
        }
    }
    if (output.json) std::cout << to_text(told) << '\n';
    return code;
}

int restore_backup(const Configuration& configuration, const BackupCommand& command,
                   const Output& output) {
    const auto folder = backup::pick(command.folder);
    if (!folder) return failed(folder.error(), output);
    const auto passphrase = passphrase_of(command);
    if (!passphrase) return failed(passphrase.error(), output);
    const SystemClock clock;
    ProgressLine line;
    backup::RestoreOptions options;
    options.data = fs::absolute(configuration.data);
    options.passphrase = *passphrase;
    options.secrets = command.without_secrets ? backup::WithSecrets::no : backup::WithSecrets::yes;
    options.program = ANLAN_VERSION;
    options.clock = &clock;
    options.progress = [&](std::uint64_t done, std::uint64_t total) { line.show(done, total); };
    const auto restored = backup::restore(*folder, options);
    if (!restored) return failed(restored.error(), output);
    if (output.json) {
        auto told = backup::to_json({folder->filename().string(), *folder, *restored, {}});
        told["data"] = options.data.string();
        std::cout << to_text(told) << '\n';
    } else {
        std::cout << "已恢复到 Restored into " << options.data.string() << "\n日志 journal "
                  << restored->sequence << " 条 entries, SM3 " << restored->head
                  << "\n所有登录均已失效，请重新登录。 Everybody has to sign in again.\n";
    }
    return 0;
}

}  // namespace anlan::center
