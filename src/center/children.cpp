#include "center/children.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace anlan::center {
namespace {

using namespace std::chrono_literals;
constexpr auto k_patience = 2s;

}  // namespace

Children::Children(Report report) : m_report(std::move(report)), m_thread([this] { run(); }) {}

Children::~Children() {
    stop_all();
}

void Children::start(const std::string& name, std::vector<std::string> arguments, Keep keep) {
    const std::lock_guard lock(m_mutex);
    if (m_stopping) return;
    Child child{.arguments = std::move(arguments), .keep = keep};
    const auto old = m_children.find(name);
    if (old != m_children.end() && old->second.pid != 0) {
        old->second.wanted = false;
        m_next.insert_or_assign(name, std::move(child));
    } else {
        m_children.insert_or_assign(name, std::move(child));
    }
    m_changed.notify_all();
}

void Children::stop(const std::string& name) {
    const std::lock_guard lock(m_mutex);
    m_next.erase(name);
    if (const auto at = m_children.find(name); at != m_children.end()) at->second.wanted = false;
    m_changed.notify_all();
}

void Children::stop_all() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_next.clear();
        for (auto& [name, child] : m_children) child.wanted = false;
    }
    m_changed.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

std::size_t Children::running() const {
    const std::lock_guard lock(m_mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(m_children, [](auto& each) { return each.second.pid != 0; }));
}

void Children::launch(const std::string& name, Child& child, Moment now) {
    std::string program = "/proc/self/exe";
    std::vector<char*> argv{program.data()};
    for (auto& argument : child.arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) {
        // Between fork and exec only what is safe in a program with threads.
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(1);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        // Asio's sockets are not close-on-exec: a child that outlives a killed parent would hold
        // its ports.
        close_range(3, ~0U, 0);
        execv(program.c_str(), argv.data());
        _exit(127);
    }
    if (pid < 0) {
        m_report(name, std::string("fork: ") + std::strerror(errno));
        child.start_at = now + 5s;
        return;
    }
    child.pid = pid;
    child.kill_at = {};
}

void Children::reap(const std::string& name, Child& child, Moment now) {
    int status = 0;
    if (waitpid(child.pid, &status, WNOHANG) != child.pid) return;
    child.pid = 0;
    if (!child.wanted) return;
    const bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (child.keep == Keep::until_it_ends) {
        child.wanted = false;
        if (!clean) m_report(name, "ended with status " + std::to_string(status));
        return;
    }
    const int exponent = std::min(child.failures++, 5);
    child.start_at = now + std::min(30s, 1s * (1 << exponent));
    m_report(name, "ended with status " + std::to_string(status) + ", starting it again");
}

void Children::step(Moment now) {
    for (auto& [name, child] : m_children) {
        if (child.pid != 0) reap(name, child, now);
        if (child.pid != 0 && !child.wanted) {
            if (child.kill_at == Moment{}) {
                kill(child.pid, SIGTERM);
                child.kill_at = now + k_patience;
            } else if (now >= child.kill_at) {
                kill(child.pid, SIGKILL);
            }
        }
        if (child.pid == 0 && child.wanted && now >= child.start_at) launch(name, child, now);
    }
    for (auto at = m_children.begin(); at != m_children.end();) {
        if (at->second.pid != 0 || at->second.wanted) {
            ++at;
            continue;
        }
        const auto next = m_next.find(at->first);
        if (next == m_next.end()) {
            at = m_children.erase(at);
        } else {
            at->second = std::move(next->second);
            m_next.erase(next);
        }
    }
}

void Children::run() {
    std::unique_lock lock(m_mutex);
    while (!m_stopping || !m_children.empty()) {
        step(std::chrono::steady_clock::now());
        m_changed.wait_for(lock, m_stopping ? 20ms : 100ms);
    }
}

}  // namespace anlan::center
