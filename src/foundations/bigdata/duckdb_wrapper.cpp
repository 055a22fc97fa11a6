#include "foundations/bigdata/duckdb_wrapper.h"

#include "foundations/bigdata/errors.h"

namespace anlan::bigdata::duck {

namespace {

Error error_of(const char* text) {
    const std::string_view what = text == nullptr ? "DuckDB gave no reason" : text;
    // DuckDB passes the system's words on: ENOSPC, EDQUOT, EFBIG.
    for (const std::string_view full : {"No space left", "quota exceeded", "File too large"}) {
        if (what.find(full) != std::string_view::npos) return Error(errors::k_disk_full);
    }
    return Error(errors::k_io, {{"what", std::string(what)}});
}

void close_config(duckdb_config* config) {
    duckdb_destroy_config(config);
}
void close_prepared(duckdb_prepared_statement* statement) {
    duckdb_destroy_prepare(statement);
}

/// A result is a struct, not a handle.
struct ResultOwner {
    duckdb_result result{};
    ResultOwner() = default;
    ResultOwner(const ResultOwner&) = delete;
    ResultOwner& operator=(const ResultOwner&) = delete;
    ~ResultOwner() { duckdb_destroy_result(&result); }
};

}  // namespace

std::string_view Chunk::text(std::size_t index, std::size_t row) const {
    auto* data = static_cast<duckdb_string_t*>(
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(m_chunk, index)));
    return {duckdb_string_t_data(&data[row]), duckdb_string_t_length(data[row])};
}

Result<std::shared_ptr<Database>> Database::open(const std::string& path,
                                                 const Settings& settings) {
    Owner<duckdb_config, close_config> config;
    if (duckdb_create_config(config.out()) == DuckDBError)
        return std::unexpected(error_of(nullptr));
    for (const auto& [name, value] : settings) {
        if (duckdb_set_config(config.get(), name.c_str(), value.c_str()) == DuckDBError) {
            return fail(errors::k_invalid_input, {{"what", "DuckDB: " + name + " = " + value}});
        }
    }
    auto out = std::make_shared<Database>();
    char* text = nullptr;
    if (duckdb_open_ext(path.c_str(), out->m_database.out(), config.get(), &text) == DuckDBError) {
        Error error = error_of(text);
        duckdb_free(text);
        return std::unexpected(std::move(error));
    }
    return out;
}

Result<Connection> Connection::open(std::shared_ptr<Database> database) {
    Connection out;
    if (duckdb_connect(database->get(), out.m_connection.out()) == DuckDBError) {
        return std::unexpected(error_of("cannot connect"));
    }
    out.m_database = std::move(database);
    return out;
}

Result<void> Connection::run(const std::string& sql) {
    ResultOwner owner;
    if (duckdb_query(get(), sql.c_str(), &owner.result) == DuckDBError) {
        return std::unexpected(error_of(duckdb_result_error(&owner.result)));
    }
    return {};
}

Result<void> Connection::query(const std::string& sql, std::span<const Parameter> parameters,
                               const std::function<void(const Chunk&)>& take, Fetch fetch) {
    Owner<duckdb_prepared_statement, close_prepared> statement;
    if (duckdb_prepare(get(), sql.c_str(), statement.out()) == DuckDBError) {
        return std::unexpected(error_of(duckdb_prepare_error(statement.get())));
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const auto* number = std::get_if<std::int64_t>(&parameters[i]);
        const auto* text = std::get_if<std::string>(&parameters[i]);
        const auto state =
            number != nullptr
                ? duckdb_bind_int64(statement.get(), i + 1, *number)
                : duckdb_bind_varchar_length(statement.get(), i + 1, text->data(), text->size());
        if (state == DuckDBError) return std::unexpected(error_of("cannot bind a parameter"));
    }
    ResultOwner owner;
    const auto execute =
        fetch == Fetch::stream ? duckdb_execute_prepared_streaming : duckdb_execute_prepared;
    if (execute(statement.get(), &owner.result) == DuckDBError) {
        return std::unexpected(error_of(duckdb_result_error(&owner.result)));
    }
    for (;;) {
        Owner<duckdb_data_chunk, duckdb_destroy_data_chunk> chunk;
        *chunk.out() = duckdb_fetch_chunk(owner.result);
        if (chunk.get() == nullptr) {
            // A streamed result tells only here what went wrong after its beginning.
            const char* text = duckdb_result_error(&owner.result);
            if (text != nullptr && *text != '\0') return std::unexpected(error_of(text));
            return {};
        }
        take(Chunk(chunk.get()));
    }
}

Result<Appender> Appender::open(Connection& connection, const std::string& table,
                                std::span<const duckdb_type> types) {
    Appender out;
    if (duckdb_appender_create(connection.get(), nullptr, table.c_str(), out.m_appender.out()) ==
        DuckDBError) {
        return std::unexpected(error_of(duckdb_appender_error(out.m_appender.get())));
    }
    std::vector<duckdb_logical_type> logical;
    for (const auto type : types) logical.push_back(duckdb_create_logical_type(type));
    *out.m_chunk.out() = duckdb_create_data_chunk(logical.data(), logical.size());
    for (auto& type : logical) duckdb_destroy_logical_type(&type);
    out.m_chunk_rows = duckdb_vector_size();
    return out;
}

void Appender::set_text(std::size_t index, std::string_view text) {
    duckdb_vector_assign_string_element_len(duckdb_data_chunk_get_vector(m_chunk.get(), index),
                                            m_row, text.data(), text.size());
}

Result<void> Appender::skip(std::size_t count) {
    m_row += count;
    if (m_row >= m_chunk_rows) return pass_chunk();
    return {};
}

Result<void> Appender::pass_chunk() {
    duckdb_data_chunk_set_size(m_chunk.get(), m_row);
    if (duckdb_append_data_chunk(m_appender.get(), m_chunk.get()) == DuckDBError) {
        return std::unexpected(error_of(duckdb_appender_error(m_appender.get())));
    }
    duckdb_data_chunk_reset(m_chunk.get());
    m_row = 0;
    return {};
}

Result<void> Appender::finish() {
    if (m_row > 0) TRY(pass_chunk());
    if (duckdb_appender_close(m_appender.get()) == DuckDBError) {
        return std::unexpected(error_of(duckdb_appender_error(m_appender.get())));
    }
    return {};
}

}  // namespace anlan::bigdata::duck
