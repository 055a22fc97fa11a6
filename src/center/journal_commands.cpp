#include "center/journal_commands.h"

#include "center/data_folder.h"
#include "center/errors.h"
#include "center/log.h"
#include "core/random.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/heads.h"
#include "foundations/bigdata/register.h"

#include <iostream>

namespace anlan::center {
namespace {

Result<bigdata::Record> erase(const Configuration& configuration, const EraseCommand& command) {
    const auto id = Uuid::parse(command.record);
    if (!id) return fail(errors::k_no_such_record);
    TRY_ASSIGN(catalog, bigdata::Catalog::load(configuration.catalog));
    TRY_ASSIGN(folder, DataFolder::open(configuration.data));
    SystemClock clock;
    SystemRandom random;
    IdSource ids(clock, random);
    TRY_ASSIGN(records, bigdata::Register::open({.database = folder.register_file(),
                                                 .catalog = &catalog,
                                                 .clock = &clock,
                                                 .ids = &ids}));
    return records->erase({.zone = configuration.zone,
                           .kind = command.kind,
                           .id = *id,
                           .fields = command.fields,
                           .author = {{}, command.by, "command_line"},
                           .reason = command.reason,
                           .request_id = {}});
}

}  // namespace

int journal_heads(const Configuration& configuration, const Output& output) {
    const auto heads = bigdata::daily_heads(configuration.data / "register.db");
    if (!heads) return failed(heads.error(), output);
    if (output.json) {
        json::array all;
        for (const auto& head : *heads) all.push_back(to_json(head));
        std::cout << to_text(json::object{{"heads", std::move(all)}}) << '\n';
        return 0;
    }
    for (const auto& head : *heads)
        std::cout << head.day << "  " << head.sequence << "  " << head.hash << '\n';
    return 0;
}

int journal_erase(const Configuration& given, const EraseCommand& command, const Output& output) {
    Configuration configuration = given;
    fill_shipped(configuration);
    start_log(LogLevel::warning);
    const auto record = erase(configuration, command);
    if (!record) return failed(record.error(), output);
    if (output.json)
        std::cout << to_text(to_json(*record)) << '\n';
    else
        std::cout << "已清除 erased: " << command.kind << " " << command.record << "，日志第 "
                  << record->sequence << " 条 journal entry " << record->sequence << '\n';
    return 0;
}

}  // namespace anlan::center
