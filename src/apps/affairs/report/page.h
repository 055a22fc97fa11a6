// A4 pages on Cairo and Pango: headings, paragraphs, tables that break across pages, a picture.
#pragma once

#include "core/result.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

struct _cairo;

namespace anlan::affairs {

struct Column {
    std::string title;
    double share = 1;      ///< Of the width, relative to the other columns'.
    bool numbers = false;  ///< Set to the right.
};

/// Draws from top to bottom; opens a new page by itself. Chinese is set in Noto Sans CJK SC with
/// language zh-CN, so that shared ideographs take their Chinese form. Points throughout.
class Document {
  public:
    struct Options {
        Language language = Language::zh;
        std::string title;   ///< Header of every page, and the PDF's title.
        std::string banner;  ///< A warning bar on every page ("exercise"); empty for none.
        /// Text of the footer, given page and number of pages.
        std::function<std::string(int page, int pages)> footer;
    };
    explicit Document(Options options);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    void title(const std::string& text, const std::string& under);
    /// Never the last line of a page; on one page with the `with_pt` points that follow it.
    void heading(const std::string& text, double with_pt = 0);
    void paragraph(const std::string& text);
    /// Two columns of label and value.
    void facts(const std::vector<std::pair<std::string, std::string>>& rows);
    void table(const std::vector<Column>& columns,
               const std::vector<std::vector<std::string>>& rows);
    /// A framed picture over the whole width; `draw` gets a context whose origin is its corner.
    void picture(double height,
                 const std::function<void(_cairo*, double width, double height)>& draw);

    /// The PDF. The document can take nothing more afterwards.
    Result<std::string> finish();

  private:
    struct Paper;
    std::unique_ptr<Paper> m_paper;
};

}  // namespace anlan::affairs
