
-- ---------------------------------------------------------------------------------------------------------------------
-- TCP: messages one after the other. The fields that each begins with tell its length.

local function frame_at(tvb, at)
    local frame = by_type[tvb(at + type_offset, type_size):uint()]
    if not frame then return nil end
    return frame, frame.length(tvb, at)
end

function protocol.dissector(tvb, pinfo, tree)
    local at = 0
    while at < tvb:len() do
        local left = tvb:len() - at
        if left < header_size then
            pinfo.desegment_offset, pinfo.desegment_len = at, DESEGMENT_ONE_MORE_SEGMENT
            return tvb:len()
        end
        local frame, length = frame_at(tvb, at)
        if not length then
            tree:add(protocol, tvb(at)):add_proto_expert_info(malformed, "no message begins here")
            return tvb:len()
        end
        if left < length then
            pinfo.desegment_offset, pinfo.desegment_len = at, length - left
            return tvb:len()
        end
        show(frame.name, tvb(at, length):tvb(), pinfo, tree)
        at = at + length
    end
    return at
end

-- Conversations at other ports are recognised by the fields of the first message.
local function is_ours(tvb, pinfo, tree)
    if tvb:len() < header_size or not begins(tvb) or not select(2, frame_at(tvb, 0)) then return false end
    pinfo.conversation = protocol
    protocol.dissector(tvb, pinfo, tree)
    return true
end
protocol:register_heuristic("tcp", is_ours)

for _, port in ipairs(ports) do DissectorTable.get("tcp.port"):add(port, protocol) end
