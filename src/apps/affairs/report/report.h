// The after-action report: the incident's journal, printed. Chinese or English, A4, PDF.
#pragma once

#include "apps/affairs/report/map_picture.h"
#include "apps/affairs/report/story.h"
#include "apps/affairs/report/words.h"
#include "apps/context.h"

namespace anlan::affairs {

class Report final : public apps::Application {
  public:
    /// `words`: catalog/documents/after_action.yaml; `base`: the base map's layers.
    Report(apps::Context context, Words words, BaseMap base)
        : m_context(std::move(context)), m_words(std::move(words)), m_base(std::move(base)) {}

    Result<void> start() override { return {}; }
    [[nodiscard]] RouteRows routes() override;
    /// The PDF's bytes. Errors: no_such_record, internal.
    [[nodiscard]] Result<std::string> print(const Principal& who, std::string_view space,
                                            Uuid incident, Language language) const;

  private:
    apps::Context m_context;
    Words m_words;
    BaseMap m_base;
};

}  // namespace anlan::affairs
