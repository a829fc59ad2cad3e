
-- ---------------------------------------------------------------------------------------------------------------------
-- WebSocket: Wireshark's own dissector gives whole messages, unmasked and rejoined. A connection is ours from the first
-- message on that can only be ours.

local stream_of = Field.new("tcp.stream")
local opcode_of = Field.new("websocket.opcode")
local known = {}  -- connections that are ours, by the number of the stream

function protocol.init() known = {} end

local function show_message(tvb, pinfo, tree)
    local name = message_in(tvb, pinfo, tree)
    if name then
        show(name, tvb, pinfo, tree)
    else
        tree:add(protocol, tvb()):add_proto_expert_info(malformed, "no message begins here")
        pinfo.cols.info:append(" [malformed]")
    end
end

function protocol.dissector(tvb, pinfo, tree)
    show_message(tvb, pinfo, tree)
    return tvb:len()
end

local function is_ours(tvb, pinfo, tree)
    local stream = stream_of()
    local opcodes = { opcode_of() }
    -- Opcodes above 2 are reserved, or control frames.
    if not stream or #opcodes > 0 and opcodes[#opcodes].value > 2 then return false end
    if not known[stream.value] then
        if not begins(tvb) then return false end
        known[stream.value] = true
    end
    protocol.dissector(tvb, pinfo, tree)
    return true
end
protocol:register_heuristic("ws", is_ours)
