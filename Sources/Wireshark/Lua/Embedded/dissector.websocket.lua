
-- ---------------------------------------------------------------------------------------------------------------------
-- WebSocket: Wireshark's own dissector gives whole messages, unmasked and rejoined. A connection is ours from the first
-- message on that can only be ours. Of the others, the first time that the packet is dissected says which one that was:
-- later, packets come in any order.

local stream_of = Field.new("tcp.stream")
local opcode_of = Field.new("websocket.opcode")
local latest = {}  -- the packet of the latest message that can only be ours, by the ends: at first no field may be told
local stream_at = {}  -- the number of the stream in such a packet, once it is told: ends may be used again
local known_by = {}  -- the packet by which the other messages of a packet are ours

function protocol.init() latest, stream_at, known_by = {}, {}, {} end

local function show_message(tvb, pinfo, tree)
    local name = message_in(tvb, pinfo, tree)
    if name then
        show(name, tvb, pinfo, tree)
    else
        tree:add(protocol, tvb()):add_proto_expert_info(malformed, "no message begins here")
        summarize(pinfo, "[malformed]")
    end
end

function protocol.dissector(tvb, pinfo, tree)
    show_message(tvb, pinfo, tree)
    return tvb:len()
end

-- Whether the connection was ours before this message.
local function is_known(tvb, pinfo, both, stream)
    if not latest[both] then return false end
    local place = pinfo.number .. " " .. (tvb:len() > 0 and tvb:raw() or "")
    if not pinfo.visited then known_by[place] = latest[both] end
    local first = known_by[place]
    return first and (not stream or not stream_at[first] or stream_at[first] == stream)
end

local function is_ours(tvb, pinfo, tree)
    local stream, opcodes = stream_of(), { opcode_of() }
    -- Opcodes above 2 are reserved, or control frames.
    if #opcodes > 0 and opcodes[#opcodes].value > 2 then return false end
    local _, both = ends(pinfo)
    stream = stream and stream.value
    if begins(tvb) then
        stream_at[pinfo.number] = stream or stream_at[pinfo.number]
        if not pinfo.visited then latest[both] = pinfo.number end
    elseif not is_known(tvb, pinfo, both, stream) then
        return false
    end
    protocol.dissector(tvb, pinfo, tree)
    return true
end
protocol:register_heuristic("ws", is_ours)
