#include "foundations/bigdata/clock_keeper.h"

#include "core/describe.h"
#include "foundations/bigdata/calendar.h"
#include "foundations/bigdata/procedure_engine.h"

#include <algorithm>

namespace anlan::bigdata {

namespace {

constexpr std::size_t k_round_max = 500;

}  // namespace

ClockKeeper::ClockKeeper(Options options) : m_options(std::move(options)) {
    m_any = std::ranges::any_of(m_options.catalog->kinds(),
                                [](const Kind& kind) { return !kind.clocks.empty(); });
}

std::size_t ClockKeeper::tick() {
    if (!m_any) return 0;
    std::vector<std::string> spaces{std::string(k_live)};
    if (m_options.catalog->kind("exercise") != nullptr) {
        const auto exercises =
            m_options.records->all({m_options.zone, std::string(k_live), {}}, "exercise",
                                   {{"state", Compare::equal, "running"}});
        if (exercises) {
            for (const auto& each : *exercises) spaces.push_back(each.id.text());
        }
    }
    std::size_t moved = 0;
    for (const auto& space : spaces) {
        for (const auto& kind : m_options.catalog->kinds()) {
            for (const auto& clock : kind.clocks) moved += round(kind, clock, space);
        }
    }
    return moved;
}

std::size_t ClockKeeper::round(const Kind& kind, const KindClock& clock, const std::string& space) {
    const auto now = m_options.clock->now();
    const auto list = [&](const char* state, bool escalates) {
        Query query;
        query.where = {{clock.name + "_state", Compare::equal, state},
                       {clock.name + "_due_at", Compare::less, json::value(iso8601(now))}};
        if (escalates)
            query.where.push_back({clock.name + "_escalated_at", Compare::equal, nullptr});
        query.sort = clock.name + "_due_at";
        query.limit = k_round_max;
        auto page = m_options.records->list({m_options.zone, space, {}}, kind.name, query);
        return page ? std::move(page->records) : std::vector<Record>{};
    };
    const auto due_of = [&](const Record& record) {
        return parse_iso8601(text_at(record.fields, clock.name + "_due_at")).value_or(now);
    };
    std::size_t moved = 0;
    for (const auto& record : list("running", false)) {
        const ClockEvent event{ClockEvent::What::overdue, kind, clock, record, due_of(record)};
        moved += write(event, space) ? 1 : 0;
    }
    if (clock.escalate_to.empty()) return moved;
    for (const auto& record : list("overdue", true)) {
        const auto due = due_of(record);
        const auto at = clock.escalate_after ? end_of_term(m_options.catalog->calendar(),
                                                           *clock.escalate_after, record, due)
                                             : std::optional(due);
        if (!at || *at > now) continue;
        const ClockEvent event{ClockEvent::What::escalated, kind, clock, record, due};
        moved += write(event, space) ? 1 : 0;
    }
    return moved;
}

bool ClockKeeper::write(const ClockEvent& event, const std::string& space) {
    const bool overdue = event.what == ClockEvent::What::overdue;
    Change change;
    change.action = Action::update;
    change.kind = event.kind.name;
    change.id = event.record.id;
    // Whoever was quicker wins; the next round looks again.
    change.if_revision = event.record.revision;
    change.fields =
        overdue
            ? json::object{{event.clock.name + "_state", "overdue"}}
            : json::object{{event.clock.name + "_escalated_at", iso8601(m_options.clock->now())}};
    change.reason = event.clock.label.zh + (overdue ? "逾期" : "升级");
    Batch batch;
    batch.zone = m_options.zone;
    batch.space = space;
    batch.author = {{}, "system", std::string(k_clock_origin)};
    batch.changes.push_back(std::move(change));
    if (m_options.tell) {
        for (auto& each : m_options.tell(event, space)) batch.changes.push_back(std::move(each));
    }
    return m_options.records->write(std::move(batch)).has_value();
}

}  // namespace anlan::bigdata
