
-- ---------------------------------------------------------------------------------------------------------------------
-- TCP: one message after the other. The fields at its beginning determine its length. Sequences of items without a header
-- may follow a message, or answer it. The first time that a packet is dissected, the sequences that are expected before it
-- are stored, because the packet may be dissected again at any time.

local sequences = {}  -- the expected sequences of one direction, in order; with `is_inside`, the first one has begun
local noted = {}  -- the same before the bytes of a packet, by the packet and the place in it

function protocol.init() sequences, noted = {}, {} end

local unpack_list = table.unpack or unpack

local function frame_at(tvb, at)
    local frame = by_type[tvb(at + type_offset, type_size):uint()]
    if not frame then return nil end
    return frame, frame.length(tvb, at)
end

-- Returns whether a header begins here, as far as its bytes are there.
local function has_header(tvb, at)
    if tvb:len() - at < header_size then return first_bytes[tvb(at, 1):uint()] end
    return begins(tvb, at) and frame_at(tvb, at) ~= nil
end

local most_expected = 64  -- nano-node serves so many requests at one time

-- Returns the expected sequences with one more. Tables that were stored do not change.
local function with(expected, sequence)
    if #expected >= most_expected then return expected end
    local all = { is_inside = expected.is_inside, unpack_list(expected) }
    table.insert(all, sequence)
    return all
end

-- Returns the expected sequences after an item of the first one.
local function after(expected, item)
    local rest = rest_of(expected[1], item)
    if rest == expected[1] and expected.is_inside then return expected end
    local all = { is_inside = rest ~= nil, unpack_list(expected) }
    if rest then all[1] = rest else table.remove(all, 1) end
    return all
end

-- Returns the name and length of the next message, and whether it is an item; no length if no message begins here.
local function next_message(tvb, at, expected)
    if #expected > 0 and (expected.is_inside or not has_header(tvb, at)) then
        local name = expected[1].name
        local length = items[name]
        if type(length) == "table" then length = length[tvb(at, 1):uint()] end
        return name, length, true
    end
    if tvb:len() - at < header_size then return nil, header_size, false end
    if not begins(tvb, at) then return nil, nil, false end
    local frame, length = frame_at(tvb, at)
    return frame and frame.name, length, false
end

local none = {}  -- no sequence is expected

-- Returns the names of both directions of a connection, first the one of this packet.
local function directions(pinfo)
    local from, _, to = ends(pinfo)
    return from .. " " .. to, to .. " " .. from
end

-- Returns the sequences that are expected before the bytes of a packet.
local function expected_before(tvb, pinfo)
    if next(pinfo.visited and noted or sequences) == nil then return none end
    local place = table.concat({ pinfo.number, tvb:offset(), tvb:len() }, " ")
    if not pinfo.visited then noted[place] = sequences[directions(pinfo)] end
    return noted[place] or none
end

-- Stores the sequences that are expected after a message.
local function expect(pinfo, expected, answer)
    if #expected == 0 and not answer and next(sequences) == nil then return end
    local way, back = directions(pinfo)
    sequences[way] = #expected > 0 and expected or nil
    if answer then sequences[back] = with(sequences[back] or none, answer) end
end

function protocol.dissector(tvb, pinfo, tree)
    local expected, at = expected_before(tvb, pinfo), 0
    while at < tvb:len() do
        local left = tvb:len() - at
        local name, length, is_item = next_message(tvb, at, expected)
        if not length then
            tree:add(protocol, tvb(at)):add_proto_expert_info(malformed, "no message begins here")
            summarize(pinfo, "[malformed]")
            if not pinfo.visited then expect(pinfo, none) end
            return tvb:len()
        end
        if left < length then
            pinfo.desegment_offset = at
            pinfo.desegment_len = name and length - left or DESEGMENT_ONE_MORE_SEGMENT
            return tvb:len()
        end
        local bytes = tvb(at, length):tvb()
        show(name, bytes, pinfo, tree)
        -- A node that does not serve legacy bootstrap ignores the request.
        expected = is_item and after(expected, bytes) or none
        if followers[name] then expected = with(expected, followers[name](bytes)) end
        if not pinfo.visited then expect(pinfo, expected, answers[name] and answers[name](bytes)) end
        at = at + length
    end
    return at
end

-- Conversations at other ports are recognised by the fields of the first message.
local function is_ours(tvb, pinfo, tree)
    if tvb:len() < header_size or not begins(tvb, 0) or not select(2, frame_at(tvb, 0)) then return false end
    pinfo.conversation = protocol
    protocol.dissector(tvb, pinfo, tree)
    return true
end
protocol:register_heuristic("tcp", is_ours)

for _, port in ipairs(ports) do DissectorTable.get("tcp.port"):add(port, protocol) end
