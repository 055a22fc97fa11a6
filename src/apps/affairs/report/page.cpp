#include "apps/affairs/report/page.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <numeric>

namespace anlan::affairs {

namespace {

constexpr double k_width = 595.28, k_height = 841.89;  // A4
constexpr double k_margin = 48, k_top = 64, k_bottom = 56;
constexpr double k_inner = k_width - 2 * k_margin;
constexpr double k_body_pt = 9.5, k_small_pt = 8, k_heading_pt = 13, k_title_pt = 22;

struct Ink {
    double r, g, b;
};
constexpr Ink k_ink{.08, .13, .14}, k_soft{.36, .42, .44}, k_line{.75, .79, .78},
    k_wash{.93, .95, .94};
constexpr Ink k_drill{.43, .31, .76};

/// A page is recorded, then replayed when the number of pages is known for the footers.
struct Recording {
    cairo_surface_t* surface;
    cairo_t* context;
};

}  // namespace

struct Document::Paper {
    Options options;
    std::vector<Recording> pages;
    double y = k_top;

    explicit Paper(Options o) : options(std::move(o)) { add_page(); }
    ~Paper() {
        for (auto& page : pages) {
            cairo_destroy(page.context);
            cairo_surface_destroy(page.surface);
        }
    }
    Paper(const Paper&) = delete;
    Paper& operator=(const Paper&) = delete;

    cairo_t* context() { return pages.back().context; }

    void add_page() {
        const cairo_rectangle_t extent{0, 0, k_width, k_height};
        cairo_surface_t* surface =
            cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extent);
        pages.push_back({surface, cairo_create(surface)});
        y = k_top;
    }

    void need(double height) {
        if (y + height > k_height - k_bottom && y > k_top) add_page();
    }

    void colour(const Ink& ink) { cairo_set_source_rgb(context(), ink.r, ink.g, ink.b); }

    using Layout =
        std::unique_ptr<PangoLayout, decltype([](PangoLayout* l) { g_object_unref(l); })>;

    Layout layout(cairo_t* on, const std::string& text, double size_pt, bool bold, double width,
                  PangoAlignment align = PANGO_ALIGN_LEFT) const {
        Layout out(pango_cairo_create_layout(on));
        PangoFontDescription* font = pango_font_description_new();
        pango_font_description_set_family(font, "Noto Sans CJK SC, Noto Sans, sans-serif");
        pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        pango_font_description_set_absolute_size(font, size_pt * PANGO_SCALE);
        pango_layout_set_font_description(out.get(), font);
        pango_font_description_free(font);
        PangoAttrList* attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes,
                               pango_attr_language_new(pango_language_from_string(
                                   options.language == Language::zh ? "zh-cn" : "en-gb")));
        pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
        pango_layout_set_attributes(out.get(), attributes);
        pango_attr_list_unref(attributes);
        pango_layout_set_width(out.get(), static_cast<int>(width * PANGO_SCALE));
        pango_layout_set_wrap(out.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_alignment(out.get(), align);
        pango_layout_set_line_spacing(out.get(), 1.25F);
        pango_layout_set_text(out.get(), text.data(), static_cast<int>(text.size()));
        return out;
    }

    static double height_of(const Layout& l) {
        int height = 0;
        pango_layout_get_size(l.get(), nullptr, &height);
        return static_cast<double>(height) / PANGO_SCALE;
    }

    void show(const Layout& l, double x, double top) {
        cairo_move_to(context(), x, top);
        pango_cairo_update_layout(context(), l.get());
        pango_cairo_show_layout(context(), l.get());
    }

    void rule(double from, double to, double at, double thickness, const Ink& ink) {
        colour(ink);
        cairo_set_line_width(context(), thickness);
        cairo_move_to(context(), from, at);
        cairo_line_to(context(), to, at);
        cairo_stroke(context());
    }

    void text(const std::string& words, double size_pt, bool bold, const Ink& ink, double after) {
        const auto l = layout(context(), words, size_pt, bold, k_inner);
        const double height = height_of(l);
        need(height);
        colour(ink);
        show(layout(context(), words, size_pt, bold, k_inner), k_margin, y);
        y += height + after;
    }

    std::vector<double> widths(const std::vector<Column>& columns) const {
        const double sum = std::accumulate(columns.begin(), columns.end(), 0.0,
                                           [](double s, const Column& c) { return s + c.share; });
        std::vector<double> out;
        for (const auto& c : columns) out.push_back(k_inner * c.share / sum);
        return out;
    }

    void row(const std::vector<Column>& columns, const std::vector<double>& width,
             const std::vector<std::string>& cells, bool head) {
        const double size = head ? k_small_pt : k_body_pt - 0.5;
        double height = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            height =
                std::max(height, height_of(layout(context(), cells[i], size, head, width[i] - 8)));
        }
        if (!head && y + height + 6 > k_height - k_bottom) {
            add_page();
            this->head(columns, width);
        }
        if (head) {
            colour(k_wash);
            cairo_rectangle(context(), k_margin, y, k_inner, height + 6);
            cairo_fill(context());
        }
        double x = k_margin;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            colour(head ? k_soft : k_ink);
            show(layout(context(), cells[i], size, head, width[i] - 8,
                        columns[i].numbers ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT),
                 x + 4, y + 3);
            x += width[i];
        }
        y += height + 6;
        rule(k_margin, k_margin + k_inner, y, 0.4, k_line);
    }

    void head(const std::vector<Column>& columns, const std::vector<double>& width) {
        std::vector<std::string> titles;
        for (const auto& c : columns) titles.push_back(c.title);
        row(columns, width, titles, true);
    }

    /// Header, banner and footer, drawn over the finished page.
    void dress(cairo_t* on, int page) const {
        const auto put = [&](const std::string& words, double top, PangoAlignment align,
                             const Ink& ink) {
            const auto l = layout(on, words, k_small_pt, false, k_inner, align);
            cairo_set_source_rgb(on, ink.r, ink.g, ink.b);
            cairo_move_to(on, k_margin, top);
            pango_cairo_show_layout(on, l.get());
        };
        put(options.title, 30, PANGO_ALIGN_LEFT, k_soft);
        if (!options.banner.empty()) {
            cairo_set_source_rgb(on, k_drill.r, k_drill.g, k_drill.b);
            cairo_rectangle(on, 0, 0, k_width, 20);
            cairo_fill(on);
            put(options.banner, 4, PANGO_ALIGN_CENTER, {1, 1, 1});
        }
        put(options.footer(page, static_cast<int>(pages.size())), k_height - 36, PANGO_ALIGN_CENTER,
            k_soft);
    }
};

Document::Document(Options options) : m_paper(std::make_unique<Paper>(std::move(options))) {}
Document::~Document() = default;

void Document::title(const std::string& text, const std::string& under) {
    m_paper->text(text, k_title_pt, true, k_ink, 2);
    m_paper->text(under, k_body_pt, false, k_soft, 10);
}

void Document::heading(const std::string& text, double with_pt) {
    constexpr double k_itself_pt = 32, k_least_pt = 60;
    m_paper->y += 8;
    m_paper->need(std::max(k_itself_pt + with_pt, k_least_pt));
    m_paper->text(text, k_heading_pt, true, k_ink, 4);
}

void Document::paragraph(const std::string& text) {
    m_paper->text(text, k_body_pt, false, k_ink, 4);
}

void Document::facts(const std::vector<std::pair<std::string, std::string>>& rows) {
    const double label_width = 130;
    for (const auto& [label, value] : rows) {
        const auto measure =
            m_paper->layout(m_paper->context(), value, k_body_pt, false, k_inner - label_width);
        const double height = Paper::height_of(measure);
        m_paper->need(height + 4);
        m_paper->colour(k_soft);
        m_paper->show(m_paper->layout(m_paper->context(), label, k_body_pt, false, label_width - 8),
                      k_margin, m_paper->y);
        m_paper->colour(k_ink);
        m_paper->show(
            m_paper->layout(m_paper->context(), value, k_body_pt, false, k_inner - label_width),
            k_margin + label_width, m_paper->y);
        m_paper->y += height + 4;
    }
}

void Document::table(const std::vector<Column>& columns,
                     const std::vector<std::vector<std::string>>& rows) {
    const auto width = m_paper->widths(columns);
    m_paper->need(48);
    m_paper->head(columns, width);
    for (const auto& row : rows) {
        ASSERT(row.size() == columns.size());
        m_paper->row(columns, width, row, false);
    }
    m_paper->y += 4;
}

void Document::picture(double height, const std::function<void(_cairo*, double, double)>& draw) {
    m_paper->need(height + 8);
    cairo_t* on = m_paper->context();
    cairo_save(on);
    cairo_translate(on, k_margin, m_paper->y);
    cairo_rectangle(on, 0, 0, k_inner, height);
    cairo_clip(on);
    draw(on, k_inner, height);
    cairo_restore(on);
    m_paper->colour(k_line);
    cairo_set_line_width(on, 0.6);
    cairo_rectangle(on, k_margin, m_paper->y, k_inner, height);
    cairo_stroke(on);
    m_paper->y += height + 8;
}

Result<std::string> Document::finish() {
    std::string pdf;
    cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(
        [](void* to, const unsigned char* data, unsigned length) {
            static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
            return CAIRO_STATUS_SUCCESS;
        },
        &pdf, k_width, k_height);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
                                   m_paper->options.title.c_str());
    cairo_t* on = cairo_create(surface);
    int page = 0;
    for (const auto& recording : m_paper->pages) {
        cairo_set_source_surface(on, recording.surface, 0, 0);
        cairo_paint(on);
        m_paper->dress(on, ++page);
        cairo_show_page(on);
    }
    const cairo_status_t status = cairo_status(on);
    cairo_destroy(on);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        return fail(errors::k_internal,
                    {{"what", std::string("PDF: ") + cairo_status_to_string(status)}});
    }
    return pdf;
}

}  // namespace anlan::affairs
