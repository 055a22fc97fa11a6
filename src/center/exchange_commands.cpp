#include "center/exchange_commands.h"

#include "center/data_folder.h"
#include "center/errors.h"
#include "center/log.h"
#include "center/record_query.h"
#include "core/random.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/export.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace anlan::center {
namespace {

namespace exchange = bigdata::exchange;

int refused(const Error& error, const Output& output) {
    if (output.json) {
        std::cout << to_text(json::object{{"error", error.row->id},
                                          {"text", text_of(error, output.language)}})
                  << '\n';
    } else {
        std::cerr << text_of(error, output.language) << '\n';
    }
    return 1;
}

/// What a command needs of the house, opened without serving it.
class Store {
  public:
    static Result<std::unique_ptr<Store>> open(const Configuration& given) {
        Configuration configuration = given;
        fill_shipped(configuration);
        start_log(LogLevel::warning);
        TRY_ASSIGN(catalog, bigdata::Catalog::load(configuration.catalog));
        TRY_ASSIGN(folder, DataFolder::open(configuration.data));
        std::unique_ptr<Store> out(
            new Store(std::move(catalog), std::move(folder), configuration.zone));
        TRY_ASSIGN(records, bigdata::Register::open({.database = out->m_folder.register_file(),
                                                     .catalog = &out->catalog,
                                                     .clock = &out->clock,
                                                     .ids = &out->ids}));
        out->records = std::move(records);
        return out;
    }
    Result<const bigdata::Kind*> kind(const std::string& name) const {
        const auto* found = catalog.kind(name);
        if (found == nullptr) return fail(errors::k_unknown_kind, {{"kind", name}});
        return found;
    }

    const bigdata::Catalog catalog;
    const bigdata::Access access{catalog};
    SystemClock clock;
    SystemRandom random;
    IdSource ids{clock, random};
    const Principal who;
    std::unique_ptr<bigdata::Register> records;

  private:
    Store(bigdata::Catalog c, DataFolder folder, const std::string& zone)
        : catalog(std::move(c)), who(bigdata::Access::program(zone)), m_folder(std::move(folder)) {}
    DataFolder m_folder;
};

json::object json_of(const exchange::Checked& checked, Language language) {
    json::array problems;
    for (const auto& problem : checked.problems) {
        problems.push_back(
            json::object{{"row", problem.row},
                         {"column", problem.column},
                         {"value", problem.value},
                         {"id", problem.error->id},
                         {"text", text_of(*problem.error, problem.parameters, language)}});
    }
    return {{"rows", checked.rows},
            {"new", checked.creates},
            {"changed", checked.updates},
            {"unchanged", checked.unchanged},
            {"problems_found", checked.problems_found},
            {"problems", std::move(problems)}};
}

void say(const exchange::Checked& checked, bool written, const Output& output) {
    if (output.json) {
        json::object out = json_of(checked, output.language);
        out["written"] = written;
        std::cout << to_text(out) << '\n';
        return;
    }
    for (const auto& problem : checked.problems) {
        std::cerr << "第 " << problem.row << " 行 row";
        if (!problem.column.empty()) std::cerr << " · " << problem.column;
        if (!problem.value.empty()) std::cerr << " · “" << problem.value << "”";
        std::cerr << "：" << text_of(*problem.error, problem.parameters, output.language) << '\n';
    }
    std::cout << checked.rows << " 行 rows：新增 new " << checked.creates << "，修改 changed "
              << checked.updates << "，不变 unchanged " << checked.unchanged << "，问题 problems "
              << checked.problems_found << (written ? "。已写入 written" : "。未写入 not written")
              << '\n';
}

Result<bool> import_one(Store& store, const ImportCommand& command, const std::string& file,
                        const Output& output) {
    TRY_ASSIGN(kind, store.kind(command.kind));
    exchange::CheckRequest request;
    request.records = store.records.get();
    request.imports = store.records->imports();
    request.access = &store.access;
    request.catalog = &store.catalog;
    request.ids = &store.ids;
    request.kind = kind;
    request.who = store.who;
    request.path = file;
    request.file_name = std::filesystem::path(file).filename().string();
    request.empty = command.empty_clears ? exchange::EmptyCells::clear : exchange::EmptyCells::keep;
    request.states = exchange::States::any;
    request.reason = command.reason;
    TRY_ASSIGN(checked, exchange::check_file(request));
    const bool sound = checked.problems_found == 0;
    const bool write = sound && !command.dry_run;
    if (write) TRY(request.imports->apply(checked.staged));
    (void)request.imports->abandon(checked.staged);
    say(checked, write, output);
    return sound;
}

Result<std::int64_t> export_to(Store& store, const ExportCommand& command, std::FILE* file) {
    TRY_ASSIGN(kind, store.kind(command.kind));
    exchange::ExportRequest request;
    request.records = store.records.get();
    request.access = &store.access;
    request.catalog = &store.catalog;
    request.kind = kind;
    request.who = store.who;
    TRY_ASSIGN(where, conditions_of(command.where));
    request.query.where = std::move(where);
    request.query.text = command.text;
    request.query.sort = command.sort.empty() ? "id" : command.sort;
    TRY_ASSIGN(format, exchange::format_of("x." + command.format));
    request.format = format;
    request.style = command.style == "names" ? exchange::Style::names : exchange::Style::labels;
    request.language = command.language == "en" ? Language::en : Language::zh;
    for (std::string_view rest = command.columns; !rest.empty();) {
        const auto comma = std::min(rest.find(','), rest.size());
        if (comma > 0) request.columns.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    TRY_ASSIGN(rows, exchange::Export::open(std::move(request)));
    while (true) {
        TRY_ASSIGN(piece, rows->next());
        if (piece.empty()) break;
        if (std::fwrite(piece.data(), 1, piece.size(), file) != piece.size())
            return fail(errors::k_io, {{"what", command.output}});
    }
    if (std::fflush(file) != 0) return fail(errors::k_io, {{"what", command.output}});
    return rows->rows();
}

}  // namespace

bool are_tables(const std::vector<std::string>& files) {
    return std::ranges::any_of(
        files, [](const std::string& file) { return exchange::format_of(file).has_value(); });
}

int import_tables(const Configuration& configuration, const ImportCommand& command,
                  const Output& output) {
    auto store = Store::open(configuration);
    if (!store) return refused(store.error(), output);
    for (const auto& file : command.files) {
        const auto sound = import_one(**store, command, file, output);
        if (!sound) return refused(sound.error(), output);
        if (!*sound) return 1;
    }
    return 0;
}

int export_table(const Configuration& configuration, const ExportCommand& command,
                 const Output& output) {
    auto store = Store::open(configuration);
    if (!store) return refused(store.error(), output);
    const bool to_standard = command.output == "-";
    std::FILE* file = to_standard ? stdout : std::fopen(command.output.c_str(), "wb");
    if (file == nullptr) return refused(Error(errors::k_io, {{"what", command.output}}), output);
    const auto rows = export_to(**store, command, file);
    if (!to_standard) std::fclose(file);
    if (!rows) {
        // A part is never taken for the whole.
        if (!to_standard) std::remove(command.output.c_str());
        return refused(rows.error(), output);
    }
    if (!to_standard && output.json)
        std::cout << to_text(json::object{{"rows", *rows}, {"file", command.output}}) << '\n';
    else if (!to_standard)
        std::cout << *rows << " 条 records → " << command.output << '\n';
    return 0;
}

}  // namespace anlan::center
