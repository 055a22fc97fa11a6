// The errors of import and export, as rows. Each says what is wrong and what to do.
#pragma once

#include "core/result.h"

namespace anlan::errors {

// The file as a whole.
inline constexpr ErrorRow k_file_format{
    "file_format", 422, LogLevel::info, "不支持的文件格式“{name}”；可用：CSV、XLSX、GeoJSON",
    "File format '{name}' is not supported; use CSV, XLSX or GeoJSON"};
inline constexpr ErrorRow k_file_too_large{"file_too_large", 413, LogLevel::info,
                                           "文件超过 {max} 字节，请拆分后再导入",
                                           "The file is larger than {max} bytes; split it"};
inline constexpr ErrorRow k_file_empty{"file_empty", 422, LogLevel::info,
                                       "文件里没有数据；请用导入模板填写",
                                       "The file holds no data; fill in the import template"};
inline constexpr ErrorRow k_file_encoding{
    "file_encoding", 422, LogLevel::info,
    "第 {byte} 字节处的文字既不是 UTF-8 也不是 GB 18030；请另存为“CSV UTF-8”",
    "The text at byte {byte} is neither UTF-8 nor GB 18030; save the file as 'CSV UTF-8'"};
inline constexpr ErrorRow k_file_nul{
    "file_nul", 422, LogLevel::info, "第 {line} 行含空字符（NUL），不是文本文件；请重新导出",
    "Line {line} holds a NUL character: this is not a text file; export it again"};
inline constexpr ErrorRow k_quote_open{
    "quote_open", 422, LogLevel::info, "第 {line} 行的引号没有闭合；请补上引号",
    "The quotation mark opened on line {line} is never closed; add the missing one"};
inline constexpr ErrorRow k_cell_too_large{
    "cell_too_large", 422, LogLevel::info, "第 {line} 行第 {column} 列超过 {max} 字节；请缩短",
    "The cell on line {line}, column {column} is larger than {max} bytes; shorten it"};
inline constexpr ErrorRow k_row_too_large{"row_too_large", 422, LogLevel::info,
                                          "第 {line} 行超过 {max} 字节；请检查引号与换行",
                                          "Line {line} is larger than {max} bytes; look at its "
                                          "quotation marks and line ends"};
inline constexpr ErrorRow k_columns_too_many{
    "columns_too_many", 422, LogLevel::info, "第 {line} 行超过 {max} 列；请检查分隔符",
    "Line {line} has more than {max} columns; look at its separators"};
inline constexpr ErrorRow k_rows_too_many{"rows_too_many", 422, LogLevel::info,
                                          "超过 {max} 行，请拆分后再导入",
                                          "More than {max} rows; split the file"};
inline constexpr ErrorRow k_no_header{
    "no_header", 422, LogLevel::info,
    "前 {rows} 行中没有找到“{kind}”的表头；请用导入模板的表头（如：{known}）",
    "No header of '{kind_en}' within the first {rows} rows; use the template's header "
    "({known_en})"};
inline constexpr ErrorRow k_column_twice{
    "column_twice", 422, LogLevel::info, "“{first}”与“{second}”两列都是{column}；请删去一列",
    "Columns '{first}' and '{second}' both mean {column_en}; remove one"};
inline constexpr ErrorRow k_column_unknown{"column_unknown", 422, LogLevel::info,
                                           "没有“{name}”这一列；可用：{known}",
                                           "There is no column '{name}'; there are: {known}"};
inline constexpr ErrorRow k_header_unit{
    "header_unit", 422, LogLevel::info,
    "“{column}”的单位“{unit}”不能换算为 {wanted}；请改用 {wanted}",
    "The unit '{unit}' of column '{column}' does not convert to {wanted}; use {wanted}"};
inline constexpr ErrorRow k_bad_geojson{"bad_geojson", 422, LogLevel::info,
                                        "GeoJSON 有误（第 {byte} 字节）：{what}",
                                        "Malformed GeoJSON (byte {byte}): {what_en}"};
inline constexpr ErrorRow k_other_crs{
    "other_crs", 422, LogLevel::info,
    "坐标系为“{crs}”；GeoJSON 只收 WGS 84 / CGCS2000 经纬度，请先转换",
    "The coordinate system is '{crs}'; GeoJSON is taken in WGS 84 / CGCS2000 degrees only: "
    "transform it first"};
inline constexpr ErrorRow k_bad_workbook{
    "bad_workbook", 422, LogLevel::info, "XLSX 文件打不开：{what}；请用表格软件重新另存",
    "The XLSX file cannot be read: {what_en}; save it again with a spreadsheet program"};
inline constexpr ErrorRow k_workbook_bomb{"workbook_bomb", 422, LogLevel::warning,
                                          "XLSX 解开后过大（{part}）；请拆分",
                                          "The XLSX file unpacks to too much ({part}); split it"};

// One cell, one row.
inline constexpr ErrorRow k_cell_number{"cell_number", 422, LogLevel::info,
                                        "不是数字；请写成 1234.5，单位 {unit}",
                                        "is not a number; write it like 1234.5, in {unit}"};
inline constexpr ErrorRow k_cell_whole{"cell_whole", 422, LogLevel::info, "不是整数；请写整数",
                                       "is not a whole number; write a whole number"};
inline constexpr ErrorRow k_cell_unit{"cell_unit", 422, LogLevel::info,
                                      "单位“{given}”不能换算为 {unit}；请用 {unit}",
                                      "the unit '{given}' does not convert to {unit}; use {unit}"};
inline constexpr ErrorRow k_cell_boolean{"cell_boolean", 422, LogLevel::info,
                                         "看不懂；请写 是 或 否", "is not clear; write yes or no"};
inline constexpr ErrorRow k_cell_date{"cell_date", 422, LogLevel::info,
                                      "不是日期；请写成 2026-11-24 或 2026年11月24日",
                                      "is not a date; write it like 2026-11-24"};
inline constexpr ErrorRow k_cell_time{
    "cell_time", 422, LogLevel::info, "不是时间；请写成 2026-11-24 14:30（北京时间）",
    "is not a time; write it like 2026-11-24 14:30 (Beijing time)"};
inline constexpr ErrorRow k_cell_code{
    "cell_code", 422, LogLevel::info, "不在代码表“{table}”中；可用：{known}",
    "is not in the code table '{table_en}'; there are: {known_en}"};
inline constexpr ErrorRow k_cell_code_twice{
    "cell_code_twice", 422, LogLevel::info, "代码表“{table}”中有多个同名项；请写代码：{known}",
    "names several codes of '{table_en}'; write the code itself: {known}"};
inline constexpr ErrorRow k_cell_reference{
    "cell_reference", 422, LogLevel::info, "没有这样的{kind}；请写其{key}，或先导入它",
    "there is no such {kind_en}; write its {key_en}, or import it first"};
inline constexpr ErrorRow k_cell_reference_twice{
    "cell_reference_twice", 422, LogLevel::info, "有多个{kind}叫这个名字；请写其{key}",
    "several {kind_en} records have this name; write its {key_en}"};
inline constexpr ErrorRow k_cell_json{"cell_json", 422, LogLevel::info,
                                      "不是有效的 JSON 对象或数组：{what}",
                                      "is not a JSON object or array: {what}"};
inline constexpr ErrorRow k_cell_geometry{
    "cell_geometry", 422, LogLevel::info,
    "几何有误：{what}；请写 WKT 或 GeoJSON，如 POINT (117.8 39)",
    "the geometry is wrong: {what}; write WKT or GeoJSON, like POINT (117.8 39)"};
inline constexpr ErrorRow k_cell_place{
    "cell_place", 422, LogLevel::info,
    "经度、纬度须成对，以度为单位（经度 -180 至 180，纬度 -90 至 90）",
    "longitude and latitude come together, in degrees (-180 to 180 and -90 to 90)"};
inline constexpr ErrorRow k_cell_id{"cell_id", 422, LogLevel::info, "不是记录号；新记录请留空",
                                    "is not a record id; leave it "
                                    "empty for a new record"};
inline constexpr ErrorRow k_cell_state{"cell_state", 422, LogLevel::info,
                                       "没有这个状态；可用：{known}",
                                       "there is no such state; there are: {known_en}"};
inline constexpr ErrorRow k_state_fixed{
    "state_fixed", 422, LogLevel::info, "状态只能按流程改变；请改回“{state}”或留空",
    "a state changes only by its procedure; write '{state_en}' or leave it empty"};
inline constexpr ErrorRow k_row_twice{"row_twice", 422, LogLevel::info,
                                      "与第 {first} 行是同一条记录；请删去一行",
                                      "is the same record as row {first}; remove one of the two"};
inline constexpr ErrorRow k_row_moved_on{
    "row_moved_on", 422, LogLevel::info,
    "文件导出之后，记录已被改为第 {current} 版（文件中为第 {given} "
    "版）；请重新导出，或清空版本一格以覆盖",
    "the record has moved on to revision {current} since the export (revision {given}); export "
    "again, or empty the revision to overwrite"};
inline constexpr ErrorRow k_row_hidden{"row_hidden", 422, LogLevel::info,
                                       "不在您的管辖范围内；请改归属，或删去此行",
                                       "is outside what you may write; change whom it belongs to, "
                                       "or remove the row"};
inline constexpr ErrorRow k_row_removed{"row_removed", 422, LogLevel::info,
                                        "此记录已删除；要作为新记录导入，请清空记录号",
                                        "this record has been removed; empty the record id to "
                                        "import it as a new one"};
inline constexpr ErrorRow k_row_too_wide{
    "row_too_wide", 422, LogLevel::info,
    "这一行有 {cells} 格，表头只有 {columns} 列；请检查分隔符与引号",
    "this row has {cells} cells, the header {columns}; look at separators and quotation marks"};

inline constexpr ErrorRow k_cell_text{"cell_text", 422, LogLevel::info,
                                      "含有不能显示的字符；请重新输入",
                                      "holds characters that are no text; type it again"};

// The job.
inline constexpr ErrorRow k_import_not_now{"import_not_now", 409, LogLevel::info,
                                           "导入当前为“{state}”，不能这样做",
                                           "The import is '{state_en}', which does not allow this"};
inline constexpr ErrorRow k_imports_full{
    "imports_full", 429, LogLevel::info, "同时进行的导入已达 {max} 个；请先完成或放弃旧的",
    "There are {max} imports already; finish or give up an old one first"};
inline constexpr ErrorRow k_import_in_exercise{
    "import_in_exercise", 409, LogLevel::info, "演练中不能导入；请先回到实战",
    "Nothing is imported into an exercise; go back to the real space first"};
inline constexpr ErrorRow k_import_interrupted{
    "import_interrupted", 500, LogLevel::warning, "服务重启，导入中断，一条也没有写入；请重新检查",
    "The server was restarted, the import was interrupted and nothing was written; check again"};

}  // namespace anlan::errors
