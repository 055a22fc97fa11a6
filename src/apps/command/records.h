// What the parts of command share: where they read and write. Nothing here waits for the disk.
#pragma once

#include "apps/context.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace anlan::command {

inline const bigdata::Author k_program{Uuid{}, "system", "plan"};

inline bigdata::View whole(const apps::Context& context, std::string_view space) {
    return {context.zone, std::string(space), {}};
}

inline Uuid reference(const json::object& fields, std::string_view key) {
    return Uuid::parse(text_at(fields, key)).value_or(Uuid{});
}

/// A referenced record; nothing when the field is empty or the record gone.
inline std::optional<bigdata::Record> follow(const apps::Context& context, std::string_view space,
                                             std::string_view kind, const json::object& fields,
                                             std::string_view key) {
    const Uuid id = reference(fields, key);
    if (id.is_nil()) return std::nullopt;
    auto record = context.records.get(whole(context, space), kind, id);
    return record && !record->deleted ? std::optional(std::move(*record)) : std::nullopt;
}

/// Records of a kind that belong to an incident; empty when the register cannot be read.
inline std::vector<bigdata::Record> of_incident(const apps::Context& context,
                                                std::string_view space, std::string_view kind,
                                                Uuid incident) {
    auto found =
        context.records.all(whole(context, space), kind,
                            {{"incident", bigdata::Compare::equal, json::value(incident.text())}});
    return found ? std::move(*found) : std::vector<bigdata::Record>{};
}

/// First or newest edition of an incident's impact. One row is read: an impact is large, and a long
/// incident has hundreds.
enum class Edition { first, newest };
inline std::optional<bigdata::Record> impact_of(const apps::Context& context,
                                                const bigdata::View& view, Uuid incident,
                                                Edition which) {
    bigdata::Query query;
    query.where = {{"incident", bigdata::Compare::equal, json::value(incident.text())}};
    query.sort = which == Edition::first ? "edition" : "-edition";
    query.limit = 1;
    auto page = context.records.list(view, "impact", query);
    if (!page || page->records.empty()) return std::nullopt;
    return std::move(page->records.front());
}

/// The valid one.
inline std::optional<bigdata::Record> newest_impact(const apps::Context& context,
                                                    std::string_view space, Uuid incident) {
    return impact_of(context, whole(context, space), incident, Edition::newest);
}

using Outcome = std::function<void(const Result<bigdata::Applied>&)>;

inline void submit(const apps::Context& context, std::string_view space,
                   std::vector<bigdata::Change> changes, Outcome done = {}) {
    bigdata::Batch batch;
    batch.zone = context.zone;
    batch.space = std::string(space);
    batch.author = k_program;
    batch.priority = bigdata::Priority::urgent;
    batch.changes = std::move(changes);
    context.records.write_later(std::move(batch),
                                [done = std::move(done)](const Result<bigdata::Applied>& outcome) {
                                    if (done) done(outcome);
                                });
}

inline bigdata::Change patch(const bigdata::Record& record, json::object fields) {
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = record.kind;
    change.id = record.id;
    change.fields = std::move(fields);
    return change;
}

inline bigdata::Change move(std::string_view kind, Uuid id, std::string_view name,
                            json::object fields = {}) {
    bigdata::Change change;
    change.action = bigdata::Action::move;
    change.kind = std::string(kind);
    change.id = id;
    change.move = std::string(name);
    change.fields = std::move(fields);
    return change;
}

/// An id that a repetition after a crash makes again, so that the repeated write is refused.
inline Uuid stable_id(std::string_view what, std::string_view space, Uuid incident,
                      std::string_view part) {
    return Uuid::from_name(std::string(what) + "/" + std::string(space) + "/" + incident.text() +
                           "/" + std::string(part));
}

}  // namespace anlan::command
