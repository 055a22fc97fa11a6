// An answer that comes later, from another thread: what a handler returns that must wait for the
// disk, so that no worker stands still meanwhile. Thread-safe.
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace anlan {

class Later {
  public:
    using Answer = Result<json::value>;
    using Hear = std::function<void(Answer)>;

    /// Whoever waits gives up after `deadline_s` (> 0) and is told `too_late`.
    Later(double deadline_s, Error too_late)
        : m_deadline_s(deadline_s), m_too_late(std::move(too_late)) {}

    /// The first answer counts, later ones are dropped.
    void set(Answer answer) {
        Hear hear;
        {
            const std::lock_guard lock(m_mutex);
            if (m_answered) return;
            m_answered = true;
            if (!m_hear) {
                m_answer = std::move(answer);
                return;
            }
            hear = std::exchange(m_hear, nullptr);
        }
        hear(std::move(answer));
    }
    void give_up() { set(std::unexpected(m_too_late)); }

    /// Called once: `hear` is told the answer, at once when it is there, otherwise on the thread
    /// that sets it. It must be quick and must not throw.
    void then(Hear hear) {
        std::optional<Answer> answer;
        {
            const std::lock_guard lock(m_mutex);
            if (!m_answered) {
                m_hear = std::move(hear);
                return;
            }
            answer = std::exchange(m_answer, std::nullopt);
        }
        if (answer) hear(std::move(*answer));
    }
    [[nodiscard]] double deadline_s() const { return m_deadline_s; }

  private:
    const double m_deadline_s;
    const Error m_too_late;
    std::mutex m_mutex;
    bool m_answered = false;
    std::optional<Answer> m_answer;
    Hear m_hear;
};

}  // namespace anlan
