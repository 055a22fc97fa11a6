#include "foundations/comms/messenger.h"

#include "foundations/comms/errors.h"

#include <algorithm>

namespace anlan::comms {
namespace {

bigdata::Author author(std::string_view origin) {
    return {Uuid{}, "system", std::string(origin)};
}

void put(json::object& fields, std::string_view key, const std::string& text) {
    if (!text.empty()) fields[key] = text;
}

void put(json::object& fields, std::string_view key, Uuid id) {
    if (!id.is_nil()) fields[key] = id.text();
}

}  // namespace

std::string_view channel_for(std::string_view space) {
    return space == bigdata::k_live ? "in_program" : "simulated";
}

bigdata::Change message_change(const Outgoing& message, std::string_view space, Timestamp now) {
    bigdata::Change change;
    change.kind = "message";
    change.id = message.id;
    change.scope = message.scope;
    auto& f = change.fields;
    f["title"] = message.title.zh;
    put(f, "title_en", message.title.en);
    f["text"] = message.text.zh;
    put(f, "text_en", message.text.en);
    put(f, "incident", message.incident);
    put(f, "task", message.task);
    put(f, "to_role", message.to_role);
    put(f, "to_person", message.to_person);
    put(f, "to_text", message.to_text.zh);
    put(f, "to_text_en", message.to_text.en);
    f["channel"] = channel_for(space);
    f["queued_at"] = iso8601(now);
    return change;
}

Messenger::Messenger(Options options, std::vector<std::unique_ptr<Channel>> channels)
    : m_options(std::move(options)), m_channels(std::move(channels)) {}

Result<void> Messenger::start() {
    std::vector<std::string> spaces{std::string(bigdata::k_live)};
    TRY_ASSIGN(exercises,
               m_options.records->all({m_options.zone, std::string(bigdata::k_live), {}},
                                      "exercise", {{"state", bigdata::Compare::equal, "running"}}));
    for (const auto& exercise : exercises) spaces.push_back(exercise.id.text());
    for (const auto& space : spaces) {
        TRY_ASSIGN(queued, m_options.records->all({m_options.zone, space, {}}, "message",
                                                  {{"state", bigdata::Compare::equal, "queued"}}));
        for (const auto& message : queued) {
            const auto* channel = channel_of(message);
            const Fate fate = channel == nullptr ? Fate::not_delivered : channel->fate_of(message);
            if (fate == Fate::not_delivered) deliver(message);
            if (fate == Fate::delivered)
                move(message, "send", {{"sent_at", iso8601(m_options.clock->now())}}, {});
            if (fate == Fate::unknown) move(message, "lose", {}, "restart");
        }
    }
    return {};
}

void Messenger::on_entry(const bigdata::Entry& entry) {
    if (entry.after.kind != "message" || entry.after.zone != m_options.zone || entry.after.deleted)
        return;
    if (entry.action == bigdata::Action::create && entry.after.state == "queued")
        deliver(entry.after);
    if (entry.action == bigdata::Action::move) stamp(entry);
}

void Messenger::send(const Outgoing& message, std::string_view space, std::string_view origin) {
    bigdata::Batch batch;
    batch.zone = m_options.zone;
    batch.space = std::string(space);
    batch.author = author(origin);
    batch.priority = bigdata::Priority::urgent;
    batch.changes.push_back(message_change(message, space, m_options.clock->now()));
    m_options.records->write_later(std::move(batch), [](Result<bigdata::Applied>) {});
}

Channel* Messenger::channel_of(const bigdata::Record& message) const {
    const auto code = text_at(message.fields, "channel");
    const auto it =
        std::ranges::find_if(m_channels, [&](const auto& c) { return c->code() == code; });
    return it == m_channels.end() ? nullptr : it->get();
}

void Messenger::deliver(const bigdata::Record& message) {
    // Whatever the record says: out of an exercise only the simulated channel leads.
    const bool leaks = message.space != bigdata::k_live &&
                       text_at(message.fields, "channel") != channel_for(message.space);
    auto* channel = leaks ? nullptr : channel_of(message);
    if (channel == nullptr) {
        const auto code = std::string(text_at(message.fields, "channel"));
        move(message, "fail", {},
             text_of(errors::k_unknown_channel, {{"channel", code}}, Language::zh));
    } else if (const auto done = channel->deliver(message); done) {
        move(message, "send", {{"sent_at", iso8601(m_options.clock->now())}}, {});
    } else {
        move(message, "fail", {}, text_of(done.error(), Language::zh));
    }
}

/// A person's move says who and when in the journal; the record says it too.
void Messenger::stamp(const bigdata::Entry& entry) {
    json::object fields;
    const auto missing = [&](std::string_view field) {
        return !entry.after.fields.contains(field);
    };
    if (entry.move == "read" && missing("read_at")) fields["read_at"] = iso8601(entry.at);
    if (entry.move == "answer") {
        if (missing("answered_at")) fields["answered_at"] = iso8601(entry.at);
        if (missing("answered_by")) fields["answered_by"] = entry.author.name;
    }
    if (fields.empty()) return;
    bigdata::Batch batch;
    batch.zone = m_options.zone;
    batch.space = entry.after.space;
    batch.author = author("comms");
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = "message";
    change.id = entry.after.id;
    change.fields = std::move(fields);
    batch.changes.push_back(std::move(change));
    m_options.records->write_later(std::move(batch), [](Result<bigdata::Applied>) {});
}

void Messenger::move(const bigdata::Record& message, std::string_view name, json::object fields,
                     std::string reason) {
    bigdata::Batch batch;
    batch.zone = m_options.zone;
    batch.space = message.space;
    batch.author = author("comms");
    batch.priority = bigdata::Priority::urgent;
    bigdata::Change change;
    change.action = bigdata::Action::move;
    change.kind = "message";
    change.id = message.id;
    change.move = std::string(name);
    change.fields = std::move(fields);
    change.reason = std::move(reason);
    batch.changes.push_back(std::move(change));
    m_options.records->write_later(std::move(batch), [](Result<bigdata::Applied>) {});
}

}  // namespace anlan::comms
