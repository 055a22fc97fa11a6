#include "center/files/file_routes.h"

#include "center/errors.h"

namespace anlan::center {
namespace {

struct FileBody {
    std::string hash, media_type, name;
    std::int64_t size = 0;
    std::string stored_at, taken_at;
    std::vector<double> place;  ///< Longitude and latitude; empty when unknown.
    std::int64_t width = 0, height = 0;
};
BOOST_DESCRIBE_STRUCT(FileBody, (),
                      (hash, media_type, name, size, stored_at, taken_at, place, width, height))

FileBody body_of(const StoredFile& file) {
    FileBody out{.hash = file.hash,
                 .media_type = file.media_type,
                 .name = file.name,
                 .size = static_cast<std::int64_t>(file.size),
                 .stored_at = iso8601(file.stored_at),
                 .taken_at = file.taken_at,
                 .place = {},
                 .width = file.width,
                 .height = file.height};
    if (file.place) out.place = {file.place->longitude_deg, file.place->latitude_deg};
    return out;
}

Result<FileBody> upload(FileStore& files, const Call& call) {
    const auto place = call.asked("place", "keep");
    if (place != "keep" && place != "strip") {
        return fail(errors::k_bad_query, {{"name", "place"},
                                          {"what", "应为 keep 或 strip"},
                                          {"what_en", "should be keep or strip"}});
    }
    TRY_ASSIGN(file, files.keep(call.who, call.raw, call.asked("name"),
                                place == "keep" ? KeepPlace::yes : KeepPlace::no));
    return body_of(file);
}

Result<Content> read(FileStore& files, const Call& call) {
    TRY_ASSIGN(file, files.find(call.who, call.parameter("hash")));
    const bool picture = file.media_type.starts_with("image/") && file.media_type != "image/heic";
    return Content{
        .content_type = file.media_type,
        .bytes = {},
        .etag = file.hash,
        .file_name = file.name,
        .may_cache = true,
        .read = [&files, hash = file.hash](
                    std::uint64_t at, std::size_t count) { return files.read(hash, at, count); },
        .size = file.size,
        .disposition = picture ? Disposition::in_page : Disposition::attachment};
}

Result<Content> thumbnail(FileStore& files, const Call& call) {
    TRY_ASSIGN(file, files.find(call.who, call.parameter("hash")));
    TRY_ASSIGN(bytes, files.thumbnail(file));
    return Content{.content_type = "image/jpeg",
                   .bytes = bytes,
                   .etag = file.hash + "-thumbnail",
                   .file_name = {},
                   .may_cache = true};
}

}  // namespace

RouteRows file_routes(FileStore& files) {
    RouteRows rows;
    rows.push_back(route<NoBody, FileBody>(
        Method::post, "/api/v1/files", k_signed_in,
        {"上传附件（正文为文件本身）；记录的文件字段填返回的 hash",
         "Upload a file (the body is the file itself); a record's file field takes the hash"},
        [&files](const Call& call, const NoBody&) { return upload(files, call); }, 201,
        {{"name", {"文件名", "File name"}},
         {"place",
          {"keep 保留照片位置（缺省），strip 去除",
           "keep the photograph's place (default) or strip it"}}}));
    rows.back().body_bytes_max = k_upload_bytes_max;
    rows.push_back(route<NoBody, Content>(
        Method::get, "/api/v1/files/{hash}", k_signed_in,
        {"附件内容，可按范围读取", "A file, in ranges"},
        [&files](const Call& call, const NoBody&) { return read(files, call); }));
    rows.push_back(
        route<NoBody, FileBody>(Method::get, "/api/v1/files/{hash}/about", k_signed_in,
                                {"附件的类型、大小、名称、拍摄位置与时间",
                                 "A file's type, size, name, place and time taken"},
                                [&files](const Call& call, const NoBody&) -> Result<FileBody> {
                                    TRY_ASSIGN(file, files.find(call.who, call.parameter("hash")));
                                    return body_of(file);
                                }));
    rows.push_back(route<NoBody, Content>(
        Method::get, "/api/v1/files/{hash}/thumbnail", k_signed_in,
        {"图片缩略图（JPEG，至多 320 像素）", "A picture's thumbnail (JPEG, up to 320 pixels)"},
        [&files](const Call& call, const NoBody&) { return thumbnail(files, call); }));
    return rows;
}

}  // namespace anlan::center
