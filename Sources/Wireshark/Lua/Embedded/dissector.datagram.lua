
-- ---------------------------------------------------------------------------------------------------------------------
-- UDP: a message in each datagram, or a fragment of one. A message that was cut is shown once more where it is whole.

-- A field of the header, by its place.
local function part(tvb, name)
    return tvb(place[name].offset, place[name].size)
end

local unfinished = {}  -- fragments by what they are of: the bytes of each by its number
local finished = {}  -- what was whole once: later copies are not rejoined
local rejoined = {}  -- the bytes of messages, by the packet in which they became whole
local frames_of = {}  -- the packets of the fragments of these messages, in order
local whole_in = {}  -- the packet in which the message became whole, by the packets of its fragments

function protocol.init() unfinished, finished, rejoined, frames_of, whole_in = {}, {}, {}, {}, {} end

-- Links between fragments and their message.
local fragment_frame = message_field:gsub("message_name$", "fragment_frame")
local reassembled_in = message_field:gsub("message_name$", "reassembled_in")
fields[fragment_frame] = ProtoField.framenum(fragment_frame, "fragment in packet")
fields[reassembled_in] = ProtoField.framenum(reassembled_in, "whole in packet")
protocol.fields = { fields[fragment_frame], fields[reassembled_in] }

-- Keeps a fragment; with the last one, all bytes of the message under the header that it would have had uncut.
local function keep(tvb, pinfo)
    local key = table.concat({ tostring(pinfo.src), pinfo.src_port, tostring(pinfo.dst), pinfo.dst_port }, " ")
    for _, name in ipairs({ "type", "src", "msg_id", "boot" }) do
        key = key .. " " .. part(tvb, name):bytes():tohex()
    end
    if finished[key] then return end
    local known = unfinished[key] or { count = 0, frames = {} }
    unfinished[key] = known
    local index = part(tvb, "frag_index"):uint()
    if known[index] then return end
    known[index], known.frames[index + 1] = tvb(header_size):bytes(), pinfo.number
    known.count = known.count + 1
    if known.count < part(tvb, "frag_count"):uint() then return end
    local whole = tvb(0, header_size):bytes()
    local length = 0
    for i = 0, known.count - 1 do
        if not known[i] then return end
        length = length + known[i]:len()
        whole:append(known[i])
    end
    local function put(name, number)
        local at = place[name].offset
        whole:set_index(at, math.floor(number / 256))
        whole:set_index(at + 1, number % 256)
    end
    put("frag_index", 0)
    put("frag_len", math.min(length, 65535))
    finished[key], unfinished[key] = true, nil
    rejoined[pinfo.number], frames_of[pinfo.number] = whole, known.frames
    for _, frame in ipairs(known.frames) do whole_in[frame] = pinfo.number end
end

function protocol.dissector(tvb, pinfo, tree)
    if tvb:len() < header_size then return 0 end
    if part(tvb, "frag_count"):uint() == 1 then
        show(by_type[part(tvb, "type"):uint()] or fragment, tvb, pinfo, tree)
        return tvb:len()
    end
    local fault = show(fragment, tvb, pinfo, tree, function(root)
        local frame = whole_in[pinfo.number]
        if frame then root:add(fields[reassembled_in], frame):set_generated() end
    end)
    if not fault and not pinfo.visited then keep(tvb, pinfo) end
    local whole = rejoined[pinfo.number]
    if whole then
        local bytes = whole:tvb("Rejoined message")
        local name = by_type[part(bytes, "type"):uint()]
        if name then
            show(name, bytes, pinfo, tree, function(root)
                for _, frame in ipairs(frames_of[pinfo.number]) do
                    root:add(fields[fragment_frame], frame):set_generated()
                end
            end)
        end
    end
    return tvb:len()
end

-- Datagrams at other ports are recognised by the constants of the header.
local function is_ours(tvb, pinfo, tree)
    if tvb:len() < header_size or not begins(tvb) then return false end
    protocol.dissector(tvb, pinfo, tree)
    return true
end
protocol:register_heuristic("udp", is_ours)

for _, port in ipairs(ports) do DissectorTable.get("udp.port"):add(port, protocol) end
