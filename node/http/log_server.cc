#include "node/http/log_server.h"

#include <pthread.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using Error = beast::error_code;

// After a failed accept: out of file descriptors, most likely.
constexpr std::chrono::seconds kAcceptAgain(1);

beast::string_view BeastView(absl::string_view text) {
  return {text.data(), text.size()};
}

absl::StatusOr<tcp::endpoint> ParseEndpoint(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  Error error;
  const auto address = asio::ip::make_address(host, error);
  unsigned port = 0;
  if (colon == std::string::npos || error ||
      !absl::SimpleAtoi(listen.substr(colon + 1), &port) || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", Printable(listen, 80),
                     "` is not an IP address with a port, such as "
                     "127.0.0.1:7480"));
  }
  return tcp::endpoint(address, static_cast<unsigned short>(port));
}

// One client, from its first request to its last.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using OnEnd = std::function<void()>;

  Session(tcp::socket socket, LogPages& pages, OnEnd on_end)
      : stream_(std::move(socket)), pages_(pages), on_end_(std::move(on_end)) {
    Error ignored;
    const auto remote = stream_.socket().remote_endpoint(ignored);
    reader_ = remote.address().to_string(ignored);
  }
  ~Session() { on_end_(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Read() {
    // A new parser for each request: it holds its limits and its state. Any
    // body is one too many.
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(0);
    stream_.expires_after(absl::ToChronoNanoseconds(kPatience));
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = shared_from_this()](Error error, std::size_t) {
                        if (!error) self->Answer();
                      });
  }

 private:
  void Answer() {
    const auto& request = parser_->get();
    const bool head = request.method() == bhttp::verb::head;
    const bool allowed = head || request.method() == bhttp::verb::get;
    Page page;
    if (allowed) {
      const auto target = request.target();
      page =
          pages_.Get(absl::string_view(target.data(), target.size()), reader_);
    } else {
      page.status = 405;
      page.body = "only GET and HEAD\n";
    }
    const bool keep =
        request.keep_alive() && allowed && ++requests_ < kRequestsPerConnection;
    response_.emplace();
    response_->version(request.version());
    response_->result(static_cast<unsigned>(page.status));
    response_->set(bhttp::field::content_type, BeastView(page.content_type));
    response_->set(bhttp::field::cache_control, BeastView(page.cache_control));
    response_->set("X-Content-Type-Options", "nosniff");
    if (!allowed) response_->set(bhttp::field::allow, "GET, HEAD");
    response_->keep_alive(keep);
    response_->content_length(page.body.size());
    if (!head) response_->body() = std::move(page.body);
    stream_.expires_after(absl::ToChronoNanoseconds(kPatience));
    bhttp::async_write(
        stream_, *response_,
        [self = shared_from_this(), keep](Error error, std::size_t) {
          if (error) return;
          if (keep) return self->Read();
          Error ignored;
          self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        });
  }

  beast::tcp_stream stream_;
  LogPages& pages_;
  const OnEnd on_end_;
  std::string reader_;
  beast::flat_buffer buffer_{kHeaderBytesMax};
  std::optional<bhttp::request_parser<bhttp::empty_body>> parser_;
  std::optional<bhttp::response<bhttp::string_body>> response_;
  int requests_ = 0;
};

class Server final : public LogServer {
 public:
  explicit Server(const LogServerOptions& options)
      : pages_(options.log, options.database, options.clock),
        acceptor_(context_),
        again_(context_) {}
  ~Server() override { Shutdown(); }

  absl::Status Listen(const std::string& listen) {
    MINGA_ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseEndpoint(listen));
    Error error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(kConnectionsMax, error);
    if (error) {
      return absl::FailedPreconditionError(absl::StrCat(
          "cannot serve the log on `", listen, "`: ", error.message()));
    }
    const tcp::endpoint taken = acceptor_.local_endpoint(error);
    listening_ = absl::StrCat(
        taken.address().is_v6()
            ? absl::StrCat("[", taken.address().to_string(error), "]")
            : taken.address().to_string(error),
        ":", taken.port());
    Accept();
    thread_ = std::thread([this] {
      ::pthread_setname_np(::pthread_self(), "http");
      context_.run();
    });
    return absl::OkStatus();
  }

  std::string listening() const override { return listening_; }

  void Shutdown() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
    stopping_ = true;  // after the thread: what is left ends with the context
  }

 private:
  // The next one is taken only when there is room: the rest wait with the
  // system, whose queue is bounded too.
  void Accept() {
    accepting_ = true;
    acceptor_.async_accept([this](Error error, tcp::socket socket) {
      accepting_ = false;
      if (error) {
        if (error == asio::error::operation_aborted) return;
        again_.expires_after(kAcceptAgain);
        again_.async_wait([this](Error stopped) {
          if (!stopped) Accept();
        });
        return;
      }
      ++sessions_;
      std::make_shared<Session>(std::move(socket), pages_, [this] {
        --sessions_;
        if (!accepting_ && !stopping_) Accept();
      })->Read();
      if (sessions_ < kConnectionsMax) Accept();
    });
  }

  LogPages pages_;
  // Sessions that are open at the end die with the context; they tell this.
  int sessions_ = 0;
  bool accepting_ = false;
  bool stopping_ = false;
  std::string listening_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer again_;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LogServer>> LogServer::Start(
    const LogServerOptions& options) {
  auto server = std::make_unique<Server>(options);
  MINGA_RETURN_IF_ERROR(server->Listen(options.listen));
  return server;
}

}  // namespace minga::http
