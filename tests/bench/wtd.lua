-- Every thread of wrk speaks to one server only, as the clients of one session do: thread n asks for wtn.
-- The requests are made beforehand; what is left to do for each costs the load's core, never the proxy's.
local SESSIONS = 32
local threads = 0
local turn = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  requests = {}
  for session = 1, SESSIONS do
    requests[session] = wrk.format("GET", string.format("/?wtd=wt%d%016d", number, session))
  end
end

function request()
  turn = turn % SESSIONS + 1
  return requests[turn]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'summary {"requests": %d, "seconds": %.6f, "failed": %d, "p50_us": %d, "p99_us": %d}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status,
    latency:percentile(50), latency:percentile(99)))
end
