
-- ---------------------------------------------------------------------------------------------------------------------
-- libp2p over TCP. When a packet is dissected for the first time, its bytes go through the layers of the connection, and
-- the messages that become whole by them are noted for the packet; what is shown is what was noted, in any order and as
-- often as it is asked for. A message in several packets is shown in the one in which it can be read.

-- A message of a type behind its length.
function Cursor:prefixed(name, type)
    local length = self:varint("length")
    self:require("length", length <= limits[self.base])
    self:open(name, length)
    self:protobuf(type)
    self:close()
end

-- ---------------------------------------------------------------------------------------------------------------------
-- Bytes of one direction that wait until the message is whole.

local call = 0  -- the number of this call of the dissector
local noted  -- the messages of this call

local function new_buffer()
    return {
        text = "", from = 1,  -- what is not read yet begins there
        pieces = {},  -- what follows
        size = 0,  -- bytes that are not read, in both
        wanted = 1,  -- with fewer nothing can be read
    }
end

-- Appends bytes. `offset`: where they stand in the bytes that the dissector was called with, if they do.
local function append(buffer, text, offset)
    table.insert(buffer.pieces, text)
    buffer.size = buffer.size + #text
    buffer.call, buffer.fresh, buffer.stop = offset and call, #text, offset and offset + #text
end

local function joined(buffer)
    if #buffer.pieces > 0 then
        buffer.text = buffer.text:sub(buffer.from) .. table.concat(buffer.pieces)
        buffer.from, buffer.pieces = 1, {}
    end
    return buffer.text, buffer.from
end

-- Takes bytes off the front: their text, and where they stand in the bytes of this call, if they do.
local function take(buffer, length)
    local text, from = joined(buffer)
    local is_here = buffer.call == call and buffer.size <= buffer.fresh
    local offset = is_here and buffer.stop - buffer.size or nil
    buffer.from, buffer.size, buffer.wanted = from + length, buffer.size - length, 1
    return text:sub(from, from + length - 1), offset
end

-- A varint in its shortest form: the number, and its bytes; nil: the rest of it is to come; false: there is none.
local function varint_at(text, at)
    local number, factor = 0, 1
    for i = 0, 8 do
        local byte = text:byte(at + i)
        if not byte then return nil end
        number = number + byte % 128 * factor
        if byte < 128 then
            if byte == 0 and i > 0 then return false end
            return number, i + 1
        end
        factor = factor * 128
    end
    return false
end

-- Bytes of a message behind its length.
local function prefixed_length(name, text, at)
    local count, size = varint_at(text, at)
    if not count then return count end
    return count <= limits[name] and size + count
end

-- ---------------------------------------------------------------------------------------------------------------------
-- A channel is the connection, or a stream in it. The function of its layer tells of a side what stands at the front: how
-- long the message is, its name, and what is done behind it. nil: the rest of its header is to come; `waits`: what it is
-- depends on the other side; false: no message begins there.

local waits = "waits"
local layers = {}

local function new_channel(layer, place, opener)
    return { layer = layer, place = place, path = place .. layer, opener = opener, buffers = {}, done = {} }
end

-- Changes the protocol after a message of `side`. nil: an unknown protocol.
local function becomes(channel, layer, side)
    if layer then
        channel.layer, channel.path, channel.done, channel.proposal = layer, channel.place .. layer, {}, nil
        for _, buffer in pairs(channel.buffers) do buffer.wanted = 1 end
    else
        channel.is_over, channel.buffers[side].is_lost = true, true
    end
end

local function read_one(channel, side)
    local buffer = channel.buffers[side]
    if not buffer or buffer.is_lost or buffer.size < buffer.wanted then return false end
    local text, from = joined(buffer)
    local length, name, behind = layers[channel.layer](channel, side, text, from)
    if length == waits then return false end
    if length == false then
        local rest, offset = take(buffer, buffer.size)
        table.insert(noted, { path = channel.path, text = not offset and rest, offset = offset, length = #rest })
        buffer.is_lost = true
        return false
    end
    if not length or length > buffer.size then
        buffer.wanted = length or buffer.size + 1
        return false
    end
    local unit, offset = take(buffer, length)
    table.insert(noted, {
        name = name, path = channel.path, text = not offset and unit, offset = offset, length = length,
    })
    if behind then behind(unit, offset) end
    return true
end

-- Bytes of a side: what becomes whole by them, and what of the other side waited for that.
local function feed(channel, side, text, offset)
    -- What nobody can read is not kept.
    if channel.is_over or channel.buffers[side] and channel.buffers[side].is_lost then return end
    channel.buffers[side] = channel.buffers[side] or new_buffer()
    append(channel.buffers[side], text, offset)
    repeat
        local is_read = false
        while read_one(channel, side) do is_read = true end
        for other in pairs(channel.buffers) do
            while other ~= side and read_one(channel, other) do is_read = true end
        end
    until not is_read
end

-- With the echo of a proposal both sides speak what it is the id of.
local function agreed(channel, id, side)
    local layer = by_id[id]
    for prefix, other in pairs(by_prefix) do
        if id:sub(1, #prefix) == prefix then layer = layer or other end
    end
    becomes(channel, layer, side)
    -- The bytes that the other side sent for an unknown id are dropped.
    if not layer then
        for _, buffer in pairs(channel.buffers) do buffer.is_lost = true end
    end
end

-- Behind a proposal the bytes of that side wait until it is answered. Of a connection that side opened it which proposes.
local function multistream(channel, side, text, at)
    local is_opener = side == channel.opener
    if channel.done[side] and channel.opener and is_opener == (channel.proposal ~= nil) then return waits end
    local length = prefixed_length("libp2p.multistream", text, at)
    local last = length and text:byte(at + length - 1)
    return (not last or last == 10) and length, "libp2p.multistream", function(unit)
        local said = unit:match("^[\128-\255]*[^\128-\255](.*)\n$") or ""
        if not channel.done[side] then
            channel.done[side] = true
            if said ~= "/multistream/1.0.0" then becomes(channel, nil, side) end
        elseif is_opener or not channel.opener then
            channel.opener, channel.proposal = side, said
        else
            local proposal = channel.proposal
            channel.proposal = nil
            if said == proposal and said ~= "ls" then
                agreed(channel, said, side)
            elseif said ~= "na" and proposal ~= "ls" then
                becomes(channel, nil, side)
            end
        end
    end
end
layers["libp2p.security"], layers["libp2p.muxer"], layers["libp2p.stream"] = multistream, multistream, multistream

layers["libp2p.plaintext"] = function(channel, side, text, at)
    if channel.done[side] then return waits end
    return prefixed_length("libp2p.exchange", text, at), "libp2p.exchange", function()
        if next(channel.done) then
            becomes(channel, "libp2p.muxer", side)
        else
            channel.done[side] = true
        end
    end
end

-- The keys are not known: frames are shown as they are.
layers["libp2p.noise"] = function(channel, side, text, at)
    local said = channel.said or 0
    if said < 3 and (side == channel.opener) == (said == 1) then return waits end
    local high, low = text:byte(at, at + 1)
    if not low then return nil end
    local count, least = high * 256 + low, ({ 32, 96, 64 })[said + 1] or 16
    local name = ({ "hello", "answer", "final" })[said + 1] or "frame"
    return count >= least and 2 + count, "libp2p.noise_" .. name, function()
        channel.said = said + 1
        if said < 3 then for _, buffer in pairs(channel.buffers) do buffer.wanted = 1 end end
    end
end

-- A stream begins, has bytes, ends on one side, or on both.
local function carry(channel, side, stream, frame)
    local streams = channel.streams or {}
    channel.streams = streams
    if frame.begins and not streams[stream] then
        local place = channel.path .. "/#" .. frame.number .. "/"
        streams[stream] = { channel = new_channel("libp2p.stream", place, side), ended = {} }
    end
    local known = streams[stream]
    if not known then return end
    if #frame.data > 0 then feed(known.channel, side, frame.data, frame.offset) end
    if frame.ends then known.ended[side] = true end
    local first = next(known.ended)
    if frame.resets or first and next(known.ended, first) then streams[stream] = nil end
end

layers["libp2p.yamux"] = function(channel, side, text, at)
    if #text < at + 11 then return nil end
    local kind, flags = text:byte(at + 1), text:byte(at + 3)
    local function number(offset)
        local a, b, c, d = text:byte(at + offset, at + offset + 3)
        return ((a * 256 + b) * 256 + c) * 256 + d
    end
    local stream, count = number(4), kind == 0 and number(8) or 0
    return count <= limits["libp2p.yamux_frame"] and 12 + count, "libp2p.yamux_frame", function(unit, offset)
        if kind > 1 or stream == 0 then return end
        carry(channel, side, stream, {
            number = string.format("%d", stream), data = unit:sub(13), offset = offset and offset + 12,
            begins = flags % 2 == 1, ends = flags % 8 >= 4, resets = flags % 16 >= 8,
        })
    end
end

-- Both sides may give their streams the same number.
layers["libp2p.mplex"] = function(channel, side, text, at)
    local header, size = varint_at(text, at)
    if not header then return header end
    local count, more = varint_at(text, at + size)
    if not count then return count end
    local first = text:byte(at)
    local flag = first % 8
    local is_legal = flag < 7 and count <= limits["libp2p.mplex_frame"]
    return is_legal and size + more + count, "libp2p.mplex_frame", function(unit, offset)
        local is_ours = (side == channel.opener) == (flag % 2 == 0)
        -- Numbers may be larger than those that Lua tells apart.
        local stream = tostring(is_ours) .. string.char(first - flag) .. text:sub(at + 1, at + size - 1)
        carry(channel, side, stream, {
            number = string.format("%.0f", (header - flag) / 4 + (is_ours and 0 or 1)),
            data = flag > 0 and flag < 3 and unit:sub(size + more + 1) or "", offset = offset and offset + size + more,
            begins = flag == 0, ends = flag == 3 or flag == 4, resets = flag > 4,
        })
    end
end

-- Messages behind their lengths; where the sides say different ones, first that of who opened the stream.
local function leaf(question, answer)
    return function(channel, side, text, at)
        local name = (side == channel.opener or not answer) and question or answer
        return prefixed_length(name, text, at), name
    end
end
layers["libp2p.identify"], layers["libp2p.identify_push"] = leaf("libp2p.identify"), leaf("libp2p.identify")
layers["libp2p.rendezvous"] = leaf("libp2p.rendezvous")
layers["gossipsub.snapshot"] = leaf("gossipsub.snapshot_request", "gossipsub.snapshot_part")
layers["gossipsub"] = leaf("gossipsub.rpc")
layers["libp2p.ping"] = function() return 32, "libp2p.ping" end

-- ---------------------------------------------------------------------------------------------------------------------
-- Packets.

local path_field = message_field:gsub("name$", "path")
local own_prefix = message_field:match("^[^.]*%.")
fields[path_field] = ProtoField.string(path_field, "path")
protocol.fields = { fields[path_field] }

local connections = {}  -- by the ends: of other fields none are told before somebody looks
local messages_of = {}  -- what was noted, by the packet and the place in it

function protocol.init() connections, messages_of = {}, {} end

local function is_own(message)
    return message.name and message.name:sub(1, #own_prefix) == own_prefix
end

local function show_noted(message, tvb, pinfo, tree, is_quiet)
    local bytes = message.offset and tvb(message.offset, message.length):tvb()
        or ByteArray.new(message.text, true):tvb("Rejoined message")
    if message.name then
        local function extra(root) root:add(fields[path_field], message.path):set_generated() end
        show(message.name, bytes, pinfo, tree, extra, is_quiet)
    else
        tree:add(protocol, bytes()):add_proto_expert_info(malformed, "no message of " .. message.path .. " begins here")
        summarize(pinfo, "[malformed]")
    end
end

local function place_of(tvb, pinfo) return table.concat({ pinfo.number, tvb:offset(), tvb:len() }, " ") end

function protocol.dissector(tvb, pinfo, tree)
    local from, both = ends(pinfo)
    local place = place_of(tvb, pinfo)
    if not pinfo.visited and not messages_of[place] then
        local connection = connections[both] or new_channel("libp2p.security", "")
        connections[both] = connection
        call, noted = call + 1, {}
        messages_of[place] = noted
        feed(connection, from, tvb:raw(), 0)
    end
    pinfo.cols.protocol = "libp2p"
    local all, has_own = messages_of[place] or {}, false
    for _, message in ipairs(all) do has_own = has_own or is_own(message) end
    -- If there are messages of the protocol, the Info column omits the layers below.
    for _, message in ipairs(all) do
        show_noted(message, tvb, pinfo, tree, has_own and message.name and not is_own(message))
    end
    return tvb:len()
end

-- Both sides of a connection begin with the header of its first negotiation.
local header = "\19/multistream/1.0.0\n"
local function is_ours(tvb, pinfo, tree)
    local count = math.min(tvb:len(), #header)
    if count < 4 or tvb:raw(0, count) ~= header:sub(1, count) then return false end
    -- A fresh connection, perhaps between the ends of an earlier one.
    if not pinfo.visited and not messages_of[place_of(tvb, pinfo)] then connections[select(2, ends(pinfo))] = nil end
    pinfo.conversation = protocol
    protocol.dissector(tvb, pinfo, tree)
    return true
end
protocol:register_heuristic("tcp", is_ours)
