
-- ---------------------------------------------------------------------------------------------------------------------
-- protobuf: the fields of a message by their numbers, in any order; what its type does not name is unknown.

local types = {}  -- the fields of each type of message, by its name
local choices = {}  -- of types in which several fields have one number: which one of them stands there

-- So many bytes as the varint in front of them says: where they begin, and where they end.
function Cursor:delimited(name)
    local count = self:raw_varint(name)
    if count > UInt64(self.limit - self.at) then
        self:refuse(name, string.format("wants %s bytes, has %d", tostring(count), self.limit - self.at))
    end
    local from = self.at
    self.at = from + count:tonumber()
    return from, self.at
end

-- The number and the wire type of the field that begins here.
function Cursor:key()
    local key = self:raw_varint("tag")
    if key:higher() > 0 or key:lower() < 8 then self:refuse("tag", "wants a field number from 1 to 536870911") end
    return math.floor(key:lower() / 8), key:lower() % 8
end

function Cursor:skip(number, wire)
    if wire == 0 then
        self:raw_varint("unknown")
    elseif wire == 1 then
        self:take("unknown", 8)
    elseif wire == 2 then
        self:delimited("unknown")
    elseif wire == 5 then
        self:take("unknown", 4)
    elseif wire == 3 then
        local inner_number, inner = self:key()
        while inner ~= 4 do
            self:skip(inner_number, inner)
            inner_number, inner = self:key()
        end
        if inner_number ~= number then self:refuse("tag", "a group ends that did not begin") end
    else
        self:refuse("tag", "wants wire type 0, 1, 2, 3 or 5, has " .. wire)
    end
end

local shown = {}  -- how a number that is not length-delimited becomes the value of a field, by the word for its kind
function shown.uint(raw) return raw:lower() end
function shown.uint64(raw) return raw end
function shown.bool(raw) return raw ~= UInt64(0) end
shown["int"] = function(raw) return Int64.new(raw:lower(), raw:higher()) end

-- A number of a field, from here on.
function Cursor:scalar(field, from)
    local size = field.wire == 1 and 8 or field.wire == 5 and 4
    local range = size and self:take(field.name, size)
    local raw = range and (size == 8 and range:le_uint64() or UInt64(range:le_uint()))
    local value
    if field.kind == "float" then
        value = range:le_float()
    else
        value = shown[field.kind](raw or self:raw_varint(field.name))
    end
    self.tree:add(fields[self.path .. "." .. field.name], self.tvb(from, self.at - from), value)
    self:keep(field.name, value, nil, field.list)
end

-- Shows nothing: for trying whether bytes are a message.
local nowhere = setmetatable({}, { __index = function() return function(self) return self end end })

-- What the only field of a number holds in a message; nil when there is none, or several.
function Cursor:content(number, from, to)
    local found
    local other = Cursor.new(self.tvb, nowhere, self.path)
    other.at, other.limit = from, to
    local is_good = pcall(function()
        while other.at < to do
            local n, wire = other:key()
            if n == number and found then error("several") end
            if n == number then
                if wire ~= 2 then error("no bytes") end
                found = { other:delimited("content") }
            else
                other:skip(n, wire)
            end
        end
    end)
    if is_good and found then return found[1], found[2] end
end

-- The same as text.
function Cursor:text(number, from, to)
    local first, last = self:content(number, from, to)
    if first then return last > first and self.tvb(first, last - first):raw() or "" end
end

-- Whether bytes can be read as a message of a type.
function Cursor:can_be(name, from, to)
    local other = Cursor.new(self.tvb, nowhere, self.path)
    other.at, other.limit, other.is_trial = from, to, true
    return (pcall(function() other:protobuf(name) end))
end

-- The numbers of the fields that stand in a message.
function Cursor:numbers(from, to)
    local other, found = Cursor.new(self.tvb, nowhere, self.path), {}
    other.at, other.limit = from, to
    pcall(function()
        while other.at < to do
            local number, wire = other:key()
            other:skip(number, wire)
            found[number] = found[number] or wire
            if wire == 2 then found.has_bytes = true end
        end
    end)
    return found
end

-- A type within itself has the fields of the outer one, so that there is an end of them.
local function path_within(self, name, field_path)
    return self.open_types[name] or field_path
end

-- The fields of a message of this type, up to the limit.
function Cursor:protobuf(name)
    local from, fields_of, before = self.at, types[name], self.open_types
    self.open_types = setmetatable({ [name] = path_within(self, name, self.path) }, { __index = before })
    self.path = self.open_types[name]
    local outer = self.inside
    self.inside = { type = name, from = from, to = self.limit, outer = outer }
    local choice = choices[name] and choices[name](self, from, self.limit)
    local latest = 0
    while self.at < self.limit do
        local start = self.at
        local number, wire = self:key()
        if number < latest then self.tree:add_proto_expert_info(findings.out_of_order) end
        latest = number
        local field
        for _, each in ipairs(fields_of) do
            local is_it = each.number == number and (each.wire == wire or each.list and each.wire ~= 2 and wire == 2)
            if is_it and (not choice or number ~= choice.number or each.name == choice.name) then field = each end
        end
        if not field then
            self:skip(number, wire)
            local item = self.tree:add(fields[self.path .. ".unknown"], self.tvb(start, self.at - start))
            item:add_proto_expert_info(findings.unknown)
        elseif field.type then
            local first, last = self:delimited(field.name)
            self:group(field, first, last, function() self:protobuf(field.type) end)
        elseif wire ~= 2 then
            self:scalar(field, start)
        elseif field.wire ~= 2 then
            local first, last = self:delimited(field.name)
            local limit = self.limit
            self.at, self.limit = first, last
            while self.at < last do self:scalar(field, self.at) end
            self.limit = limit
        else
            local first, last = self:delimited(field.name)
            local range = self.tvb(first, last - first)
            self.tree:add(fields[self.path .. "." .. field.name], range)
            if field.kind == "text" then
                self:keep(field.name, last > first and range:raw() or "", nil, field.list)
            else
                self:keep(field.name, nil, range, field.list)
            end
        end
    end
    self.open_types, self.inside = before, outer
end

-- A group of fields between two places.
function Cursor:group(field, from, to, body)
    self.at = from
    self:open(field.name, to - from, field.list)
    body()
    self.path = self.outer[#self.outer].path .. "." .. field.name
    self:close()
end
