// SM3 (GB/T 32905-2016) of what does not fit into memory, piece by piece.
#pragma once

#include "core/hash.h"

#include <memory>

namespace anlan {

class Sm3Stream {
  public:
    Sm3Stream();
    ~Sm3Stream();
    Sm3Stream(Sm3Stream&&) noexcept;
    Sm3Stream& operator=(Sm3Stream&&) = delete;

    void add(std::string_view bytes);
    /// Once, at the end.
    Digest finish();

  private:
    struct Context;
    std::unique_ptr<Context> m_context;
};

}  // namespace anlan
