#include "center/clock_messages.h"

#include "core/describe.h"
#include "foundations/comms/messenger.h"

namespace anlan::center {
namespace {

using bigdata::ClockEvent;

Label title_of(const ClockEvent& event) {
    const auto& fields = event.record.fields;
    const std::string zh(text_at(fields, event.kind.title_field));
    const std::string en(text_at(fields, event.kind.title_field + "_en"));
    return {zh, en.empty() ? zh : en};
}

/// Empty when the clock names nobody for this.
comms::Outgoing addressed(const bigdata::Register& records, const bigdata::Catalog& catalog,
                          const ClockEvent& event, std::string_view space) {
    comms::Outgoing out;
    if (event.what == ClockEvent::What::escalated) {
        out.to_role = event.clock.escalate_to;
        const auto* table = catalog.codes("duty_role");
        if (const auto* code = table == nullptr ? nullptr : table->find(out.to_role))
            out.to_text = code->label;
        return out;
    }
    if (event.clock.tell.empty()) return out;
    const auto id = Uuid::parse(text_at(event.record.fields, event.clock.tell));
    if (!id) return out;
    const auto person = records.get({event.record.zone, std::string(space), {}}, "person", *id);
    if (!person) return out;
    out.to_person = *id;
    out.to_text = {std::string(text_at(person->fields, "name")),
                   std::string(text_at(person->fields, "name_en"))};
    return out;
}

}  // namespace

std::vector<bigdata::Change> clock_messages(const bigdata::Register& records,
                                            const bigdata::Catalog& catalog,
                                            const ClockEvent& event, std::string_view space,
                                            Timestamp now) {
    auto message = addressed(records, catalog, event, space);
    if (message.to_role.empty() && message.to_person.is_nil()) return {};
    const auto title = title_of(event);
    const auto due = beijing_text(event.due);
    const auto& clock = event.clock.label;
    message.title = {clock.zh + "逾期：" + title.zh, clock.en + " overdue: " + title.en};
    message.text = {event.kind.label.zh + "“" + title.zh + "”的" + clock.zh + "应于 " + due +
                        " 前完成，现已逾期，请督促办理。",
                    event.kind.label.en + " '" + title.en + "': " + clock.en + " was due by " +
                        due + " (Beijing time) and is overdue. Please see to it."};
    message.scope = event.record.scope;
    return {comms::message_change(message, space, now)};
}

}  // namespace anlan::center
