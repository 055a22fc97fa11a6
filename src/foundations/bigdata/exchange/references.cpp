#include "foundations/bigdata/exchange/references.h"

#include "foundations/bigdata/exchange/columns.h"
#include "foundations/bigdata/exchange/text.h"

namespace anlan::bigdata::exchange {
namespace {

constexpr std::int64_t k_loaded_whole_max = 5'000;

std::string plain_text(const json::value& value) {
    if (const auto* text = value.if_string()) return {text->data(), text->size()};
    return value.is_number() ? canonical_text(value) : std::string();
}

std::string text_at_name(const Record& record, const std::string& name) {
    const auto* value = record.fields.if_contains(name);
    return value == nullptr ? std::string() : plain_text(*value);
}

}  // namespace

std::string_view key_in_brackets(std::string_view text) {
    if (!text.ends_with(']')) return {};
    const auto open = text.rfind('[');
    return open == text.npos ? std::string_view{} : text.substr(open + 1, text.size() - open - 2);
}

References::References(const Register& records, const Access& access, const Catalog& catalog,
                       Principal who, std::string space)
    : m_records(records),
      m_access(access),
      m_catalog(catalog),
      m_who(std::move(who)),
      m_space(std::move(space)) {}

void References::add(const Kind& kind, Names& names, Record record) const {
    m_access.mask(m_who, record);
    const Field* key = key_of(kind);
    Names::Text text{
        key == nullptr ? std::string() : text_at_name(record, key->name),
        {text_at_name(record, kind.title_field), text_at_name(record, kind.title_field + "_en")}};
    if (!names.texts.emplace(record.id, text).second) return;
    if (!text.key.empty()) names.by_key.emplace(text.key, record.id);
    for (const auto& name : {text.name.zh, text.name.en}) {
        if (name.empty()) continue;
        auto [at, fresh] = names.by_name.try_emplace(folded_text(name), record.id, false);
        if (!fresh && at->second.first != record.id) at->second.second = true;
    }
}

Result<References::Names*> References::names_of(const std::string& kind) {
    auto [at, fresh] = m_names.try_emplace(kind);
    Names& names = at->second;
    const Kind* declared = m_catalog.kind(kind);
    if (!fresh || declared == nullptr) return &names;
    const View view = m_access.view(m_who, m_space, kind);
    if (view.rows.none) {
        names.whole = true;
        return &names;
    }
    TRY_ASSIGN(count, m_records.count(view, kind, {}));
    if (count.value > k_loaded_whole_max) return &names;
    TRY_ASSIGN(all, m_records.all(view, kind));
    for (auto& record : all) add(*declared, names, std::move(record));
    names.whole = true;
    return &names;
}

Result<void> References::ask(const std::string& kind, Names& names, const std::string& field,
                             const std::string& value) {
    Query query;
    query.where.push_back({field, Compare::equal, json::value(value)});
    query.limit = 2;
    query.sort = "id";
    // A value that the field cannot have names no record.
    auto page = m_records.list(m_access.view(m_who, m_space, kind), kind, query);
    if (!page)
        return page.error().row->http_status >= 500 ? Result<void>(std::unexpected(page.error()))
                                                    : Result<void>();
    const Kind* declared = m_catalog.kind(kind);
    for (auto& record : page->records) add(*declared, names, std::move(record));
    return {};
}

Result<References::Answer> References::find(const std::string& kind, const std::string& text) {
    TRY_ASSIGN(names, names_of(kind));
    const Kind* declared = m_catalog.kind(kind);
    if (declared == nullptr) return Answer{};
    const Field* key = key_of(*declared);
    const std::string bracketed(key_in_brackets(text));
    for (const auto& candidate : {bracketed, text}) {
        if (candidate.empty()) continue;
        if (const auto id = Uuid::parse(candidate)) {
            if (!names->whole && !names->texts.contains(*id))
                TRY(ask(kind, *names, "id", candidate));
            if (names->texts.contains(*id)) return Answer{Found::one, *id};
            continue;
        }
        if (key == nullptr) continue;
        auto at = names->by_key.find(candidate);
        if (at == names->by_key.end() && !names->whole) {
            TRY(ask(kind, *names, key->name, candidate));
            at = names->by_key.find(candidate);
        }
        if (at != names->by_key.end()) return Answer{Found::one, at->second};
    }
    if (!bracketed.empty()) return Answer{};
    auto at = names->by_name.find(folded_text(text));
    if (at == names->by_name.end() && !names->whole) {
        TRY(ask(kind, *names, declared->title_field, text));
        at = names->by_name.find(folded_text(text));
    }
    if (at == names->by_name.end()) return Answer{};
    return Answer{at->second.second ? Found::several : Found::one, at->second.first};
}

Result<std::string> References::text_of(const std::string& kind, const Uuid& id,
                                        Language language) {
    TRY_ASSIGN(names, names_of(kind));
    if (!names->whole && !names->texts.contains(id) && m_catalog.kind(kind) != nullptr)
        TRY(ask(kind, *names, "id", id.text()));
    const auto at = names->texts.find(id);
    if (at == names->texts.end()) return id.text();
    const auto& [key, label] = at->second;
    const std::string& name = language == Language::en && !label.en.empty() ? label.en : label.zh;
    const std::string& handle = key.empty() ? id.text() : key;
    return name.empty() || name == key ? handle : name + " [" + handle + "]";
}

}  // namespace anlan::bigdata::exchange
