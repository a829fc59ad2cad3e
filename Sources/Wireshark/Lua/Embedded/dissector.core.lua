
-- ---------------------------------------------------------------------------------------------------------------------
-- Reading. A cursor stands in the bytes of one message; each call reads a field, shows it, and goes behind it. What is
-- wrong ends the message: the item that is open then gets an expert info.

local fields = {}  -- of Wireshark, by their filter names
local malformed = ProtoExpert.new(protocol.name:lower() .. ".malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR)
local findings = {}  -- what is odd about a field, as expert infos
local experts = { malformed }
for kind, severity in pairs({ warning = expert.severity.WARN, info = expert.severity.NOTE }) do
    for name, text in pairs(finding_texts[kind]) do
        findings[name] = ProtoExpert.new(protocol.name:lower() .. "." .. name, text, expert.group.PROTOCOL, severity)
        table.insert(experts, findings[name])
    end
end
protocol.experts = experts

-- Bits of a number, from bit `low` on; bit 0 is the lowest. Numbers of 64 bits are objects of Wireshark's.
local function bits(number, low, width)
    if type(number) == "userdata" then
        local part = number:rshift(low)
        if width < 64 then part = part:lshift(64 - width):rshift(64 - width) end
        return width <= 32 and part:tonumber() or part
    end
    return math.floor(number / 2 ^ low) % 2 ^ width
end

-- 1 where one of the bytes is not zero.
local function nonzero(range)
    return range:len() > 0 and range:raw():find("[^\0]") and 1 or 0
end

local Cursor = {}
Cursor.__index = Cursor

function Cursor.new(tvb, tree, path)
    return setmetatable({
        tvb = tvb, at = 0, limit = tvb:len(), tree = tree, path = path, base = path,
        outer = {},  -- the groups around this one
        open_types = {},  -- the paths of the types around this place
        needed = {},  -- the names of the fields that the summary needs
        kept = nil,  -- the entries of these fields in the open message or group, by their names
    }, Cursor)
end

-- Keeps the value or the bytes of a field for the summary. If a field is repeated, the last one counts. A list keeps its
-- first element and the number of elements. Returns the entry if it is new.
function Cursor:keep(name, value, range, is_element)
    local kept, how = self.kept, self.needed[name]
    if not kept or not how then return nil end
    local known, entry = kept[name], nil
    if known and known.count then
        if not is_element then return nil end
        known.count = known.count + 1
    else
        entry = { value = value, range = range, count = is_element and 1 or nil }
        kept[name], known = entry, entry
    end
    if how == "set" then known.set = (known.set or 0) + nonzero(range) end
    return entry
end

function Cursor:refuse(name, text)
    local path = self.path .. "." .. name
    error({ text = string.format("%s at %d: %s", path:sub(#self.base + 2), self.at, text) }, 0)
end

-- Refuses when fewer bytes are left of the enclosing length.
function Cursor:want(name, count)
    if count < 0 or self.at + count > self.limit then
        self:refuse(name, string.format("wants %d bytes, has %d", count, self.limit - self.at))
    end
end

function Cursor:take(name, count)
    self:want(name, count)
    local range = self.tvb(self.at, count)
    self.at = self.at + count
    return range
end

-- Bytes left of the enclosing length.
function Cursor:remaining() return self.limit - self.at end

-- A number of so many bytes that stands `ahead` of here, highest byte first; -1 when it is not there.
function Cursor:peek(size, ahead)
    local at = self.at + (ahead or 0)
    return at + size <= self.limit and self.tvb(at, size):uint() or -1
end

local function value(range, size, is_little)
    if size > 4 then return is_little and range:le_uint64() or range:uint64() end
    return is_little and range:le_uint() or range:uint()
end

-- A number, highest byte first.
function Cursor:number(name, size)
    local range = self:take(name, size)
    self.tree:add(fields[self.path .. "." .. name], range)
    local number = value(range, size, false)
    self:keep(name, number)
    return number
end

-- A number, lowest byte first.
function Cursor:number_le(name, size)
    local range = self:take(name, size)
    self.tree:add_le(fields[self.path .. "." .. name], range)
    local number = value(range, size, true)
    self:keep(name, number)
    return number
end

-- A varint, as UInt64: seven bits a byte, the lowest first; the highest bit says that another byte follows.
function Cursor:raw_varint(name)
    local start, number, factor = self.at, UInt64(0), UInt64(1)
    while true do
        local byte = self:take(name, 1):uint()
        if self.at - start == 10 and byte > 1 then self:refuse(name, "varint longer than 64 bits") end
        number = number + factor * (byte % 128)
        if byte < 128 then
            if byte == 0 and self.at - start > 1 then self.tree:add_proto_expert_info(findings.non_minimal) end
            return number
        end
        factor = factor * 128
    end
end

-- The same as a field; UInt64 only of a wide one.
function Cursor:varint(name, is_wide)
    local start = self.at
    local number = self:raw_varint(name)
    if not is_wide then number = number:tonumber() end
    self.tree:add(fields[self.path .. "." .. name], self.tvb(start, self.at - start), number)
    self:keep(name, number)
    return number
end

-- Bits of a number of `total` bits, from bit `first` on; bit 0 is the highest.
function Cursor:bits(name, first, width, total)
    self:want(name, total / 8)
    local range = self.tvb(self.at, total / 8)
    self.tree:add(fields[self.path .. "." .. name], range)
    if first + width == total then self.at = self.at + total / 8 end
    local number = bits(value(range, total / 8, false), total - first - width, width)
    self:keep(name, number)
    return number
end

-- A byte string.
function Cursor:bytes(name, count)
    local range = self:take(name, count)
    self.tree:add(fields[self.path .. "." .. name], range)
    self:keep(name, nil, range)
    return range
end

function Cursor:string(name, count)
    local range = self:take(name, count)
    self.tree:add(fields[self.path .. "." .. name], range)
    self:keep(name, count > 0 and range:raw() or "")
end

-- `count` values of so many bytes, numbers highest byte first.
function Cursor:values(name, size, count)
    self:want(name, size * count)
    for _ = 1, count do
        local range = self:take(name, size)
        self.tree:add(fields[self.path .. "." .. name], range)
        self:keep(name, nil, range, true)
    end
    -- The summary of several values is their number.
    local kept = self.kept and self.kept[name]
    if kept and kept.count and kept.count > 1 then kept.range = nil end
end

-- A value without bytes, which others tell.
function Cursor:implied(name, number)
    self.tree:add(fields[self.path .. "." .. name], number):set_generated()
    self:keep(name, number)
end

function Cursor:require(name, is_good, text)
    if not is_good then self:refuse(name, text or "illegal value") end
end

-- A group of fields; with a length, within so many bytes.
function Cursor:open(name, length, is_element)
    if length then self:want(name, length) end
    local range = self.tvb(self.at, length or self.limit - self.at)
    table.insert(self.outer, {
        tree = self.tree, path = self.path, limit = self.limit, start = self.at, kept = self.kept,
    })
    local entry = self:keep(name, nil, range, is_element)
    if entry then entry.range, entry.group = nil, {} end
    self.kept = entry and entry.group
    self.path = self.path .. "." .. name
    self.tree = self.tree:add(fields[self.path], range)
    if length then self.limit = self.at + length end
end

-- A group that is an element of a list.
function Cursor:element(name, length) self:open(name, length, true) end

-- The end of a group: it fills its length, or with `skips` what is left of that is passed over.
function Cursor:close(skips)
    if skips then
        if self.at < self.limit then self.tree:add_proto_expert_info(findings.skipped) end
        self.at = self.limit
    end
    local group = self.outer[#self.outer]
    if self.limit ~= group.limit and self.at < self.limit then
        self:refuse("", string.format("%d bytes left over", self.limit - self.at))
    end
    table.remove(self.outer)
    self.tree:set_len(self.at - group.start)
    self.tree, self.path, self.limit, self.kept = group.tree, group.path, group.limit, group.kept
end

-- How often a group stands there, each in `stride` bytes, or in as many as it takes.
function Cursor:times(name, count, stride)
    self:want(name, count * math.max(stride or 1, 1))
    return count
end

-- Whether these bytes, in hexadecimal, do not stand here: they end a list, and must come.
function Cursor:before(name, ending)
    self:want(name, #ending / 2)
    return self.tvb(self.at, #ending / 2):bytes():tohex():lower() ~= ending
end

-- Returns the number of values of `size` bytes before the bytes that end a list.
function Cursor:count_before(name, size, ending)
    local start = self.at
    while self:before(name, ending) do self.at = self.at + size end
    local count = math.floor((self.at - start) / size)
    self.at = start
    return count
end

-- Returns the sender of a packet, both ends of its conversation in one order, and the receiver. An end has an address and a
-- port.
local function ends(pinfo)
    local from, to = tostring(pinfo.src) .. " " .. pinfo.src_port, tostring(pinfo.dst) .. " " .. pinfo.dst_port
    return from, from < to and from .. " " .. to or to .. " " .. from, to
end

local messages = {}  -- a function for each, by its name
local summaries = {}  -- the summaries of messages, by their names: `needed` fields, and `text`, a function of the entries
local json = {}  -- functions that read JSON, for protocols that use it

-- Adds the summary of a message to the Info column, after the summaries of earlier messages in the packet. It replaces the
-- text of the protocols below.
local function summarize(pinfo, text)
    local info = pinfo.cols.info
    info:clear()
    info:append((pinfo.private.meshspec and " | " or "") .. text)
    info:fence()
    pinfo.private.meshspec = "has summary"
end

-- Shows a message; returns the error, if there is one. `extra` may show more, at the front. With `is_quiet` the message has
-- no summary in the Info column.
local function show(name, tvb, pinfo, tree, extra, is_quiet)
    local root = tree:add(protocol, tvb(), string.format("%s, %s", protocol.description, name))
    root:add(fields[message_field], name):set_generated()
    if extra then extra(root) end
    local group = root:add(fields[name], tvb())
    local cursor, summary = Cursor.new(tvb, group, name), summaries[name]
    local kept = {}
    if summary and not is_quiet then cursor.needed, cursor.kept = summary.needed, kept end
    local is_good, fault = pcall(function()
        messages[name](cursor)
        if cursor.at < cursor.limit then
            error({ text = string.format("%d bytes left over", cursor.limit - cursor.at) }, 0)
        end
    end)
    if not is_good then
        cursor.tree:add_proto_expert_info(malformed, type(fault) == "table" and fault.text or tostring(fault))
    end
    pinfo.cols.protocol = protocol.description:match("^%S+")
    if not is_quiet then
        summarize(pinfo, is_good and summary and summary.text(kept) or name .. (is_good and "" or " [malformed]"))
    end
    return fault
end
