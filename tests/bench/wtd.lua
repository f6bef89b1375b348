-- Every thread of wrk speaks to one server only, as the clients of one session do: thread n asks for wtn.
-- The requests are made beforehand; what is left to do for each costs the load's core, never the proxy's.
-- With the argument "fresh" each of many requests has a field of its own, and asks for an answer that has one too.
local SESSIONS = 32
local FRESH = 8192
local threads = 0
local turn = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  requests = {}
  count = args[1] == "fresh" and FRESH or SESSIONS
  for session = 1, count do
    local path = string.format("/?wtd=wt%d%016d", number, session)
    if args[1] == "fresh" then
      requests[session] = wrk.format("GET", path .. "&fresh", { ["X-Request"] = number .. "-" .. session })
    else
      requests[session] = wrk.format("GET", path)
    end
  end
end

function request()
  turn = turn % count + 1
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
