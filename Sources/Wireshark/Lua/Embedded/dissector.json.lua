
-- ---------------------------------------------------------------------------------------------------------------------
-- JSON: the members of an object by their names, in any order; what its type does not name is unknown.

local types = {}  -- the members of each type of message, by its name

local function blank(text, at) return text:find("[^ \t\r\n]", at) or #text + 1 end

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

-- Returns a character as UTF-8.
local function encoded(n)
    if n < 0x80 then return string.char(n) end
    local last = 0x80 + n % 64
    if n < 0x800 then return string.char(0xc0 + math.floor(n / 64), last) end
    local third = 0x80 + math.floor(n / 64) % 64
    if n < 0x10000 then return string.char(0xe0 + math.floor(n / 4096), third, last) end
    return string.char(0xf0 + math.floor(n / 262144), 0x80 + math.floor(n / 4096) % 64, third, last)
end

-- Returns the text of a string in quotes. Half of a surrogate pair becomes the replacement character.
local function string_value(quoted)
    local text = quoted:sub(2, -2)
    local stop, at, parts = text:find("\\", 1, true), 1, {}
    while stop do
        table.insert(parts, text:sub(at, stop - 1))
        local letter = text:sub(stop + 1, stop + 1)
        at = stop + 2
        if letter == "u" then
            local n = tonumber(text:sub(at, at + 3), 16)
            at = at + 4
            local low = n >= 0xd800 and n < 0xdc00 and text:match("^\\u([dD][c-fC-F]%x%x)", at)
            if low then
                n, at = 0x10000 + (n - 0xd800) * 1024 + tonumber(low, 16) - 0xdc00, at + 6
            elseif n >= 0xd800 and n < 0xe000 then
                n = 0xfffd
            end
            table.insert(parts, encoded(n))
        else
            table.insert(parts, escapes[letter] or letter)
        end
        stop = text:find("\\", at, true)
    end
    return table.concat(parts) .. text:sub(at)
end

local value_end

-- Behind a text in quotes; nil when it is none.
local function string_end(text, at)
    if text:sub(at, at) ~= '"' then return nil end
    local i = at + 1
    while true do
        local stop = text:find('["\\%c]', i)
        if not stop then return nil end
        local c = text:sub(stop, stop)
        if c == '"' then return stop + 1 end
        if c ~= "\\" or not text:find('^["\\/bfnrtu]', stop + 1) then return nil end
        if text:sub(stop + 1, stop + 1) == "u" and not text:find("^%x%x%x%x", stop + 2) then return nil end
        i = stop + 2
    end
end

-- Calls `each` for every member of the object that begins at a place: name, where it begins, its value's begin and end.
local function object_end(text, at, each)
    if text:sub(at, at) ~= "{" then return nil end
    at = blank(text, at + 1)
    if text:sub(at, at) == "}" then return at + 1 end
    while true do
        local name_end = string_end(text, at)
        if not name_end then return nil end
        local colon = blank(text, name_end)
        if text:sub(colon, colon) ~= ":" then return nil end
        local from = blank(text, colon + 1)
        local to = value_end(text, from)
        if not to then return nil end
        if each then each(string_value(text:sub(at, name_end - 1)), at, from, to) end
        local next_ = blank(text, to)
        local c = text:sub(next_, next_)
        if c == "}" then return next_ + 1 end
        if c ~= "," then return nil end
        at = blank(text, next_ + 1)
    end
end

local function list_end(text, at, each)
    if text:sub(at, at) ~= "[" then return nil end
    at = blank(text, at + 1)
    if text:sub(at, at) == "]" then return at + 1 end
    while true do
        local to = value_end(text, at)
        if not to then return nil end
        if each then each(at, to) end
        local next_ = blank(text, to)
        local c = text:sub(next_, next_)
        if c == "]" then return next_ + 1 end
        if c ~= "," then return nil end
        at = blank(text, next_ + 1)
    end
end

-- Behind the value that begins at a place; nil when none does.
function value_end(text, at)
    local c = text:sub(at, at)
    if c == '"' then return string_end(text, at) end
    if c == "{" then return object_end(text, at) end
    if c == "[" then return list_end(text, at) end
    local _, last = text:find("^%a+", at)
    if last then
        local word = text:sub(at, last)
        return (word == "true" or word == "false" or word == "null") and last + 1 or nil
    end
    _, last = text:find("^%-?%d+%.?%d*[eE]?[+-]?%d*", at)
    return last and last + 1
end

-- Members of JSON values that have no field of their own have this field: name, colon and value.
local member_field = message_field:gsub("message_name$", "member")
fields[member_field] = ProtoField.string(member_field, "member")
protocol.fields = { fields[member_field] }

-- Shows the members of an object below its item. Strings have no quotes.
function Cursor:json_members(item, path, text, from)
    object_end(text, from, function(name, _, first, last)
        local raw, range = text:sub(first, last - 1), self.tvb(first - 1, last - first)
        local value = raw:sub(1, 1) == '"' and string_value(raw) or raw
        local field = fields[path .. "." .. name]
        if field then
            item:add(field, range, value)
        else
            local line = name .. ": " .. value
            item:add(fields[member_field], range, line):set_text(line)
        end
    end)
end

-- Shows a value that does not have the type of its member.
function Cursor:json_misfit(field, raw, range)
    local line = field.name .. ": " .. (raw:sub(1, 1) == '"' and string_value(raw) or raw)
    local item = self.tree:add(fields[member_field], range, line)
    item:set_text(line)
    item:add_proto_expert_info(findings.wrong_type)
    local entry = self:keep(field.name, nil, nil, field.list)
    if entry then entry.json = raw end
end

-- Returns whether a value that is not null has the type of its member.
local function fits(field, raw)
    local first = raw:sub(1, 1)
    if field.type then return first == "{" end
    if field.kind == "text" then return first == '"' end
    if field.kind == "bool" then return raw == "true" or raw == "false" end
    if field.kind == "float" then return tonumber(raw) ~= nil end
    return field.kind == "json" or raw:find("^%-?%d+$") ~= nil
end

-- A value of a member.
function Cursor:json_value(field, text, from, to)
    local raw, name = text:sub(from, to - 1), self.path .. "." .. field.name
    local range = self.tvb(from - 1, to - from)
    self.at = from - 1
    if raw == "null" and field.kind ~= "json" then
        if not field.list then self.tree:add_proto_expert_info(findings.null) end
        return
    end
    if not fits(field, raw) then return self:json_misfit(field, raw, range) end
    if field.type then
        self:open(field.name, to - from, field.list)
        self:json(field.type, text, from)
        self.at = to - 1
        self:close()
    elseif field.kind == "json" then
        local item = self.tree:add(fields[name], range, raw:sub(1, 1) == '"' and string_value(raw) or raw)
        self:json_members(item, name, text, from)
        local entry = self:keep(field.name, nil, nil, field.list)
        if entry then entry.json = raw end
    elseif field.kind == "text" then
        local value = string_value(raw)
        self:require(field.name, not field.expected or value == field.expected, "wants " .. tostring(field.expected))
        self.tree:add(fields[name], range, value)
        self:keep(field.name, value, nil, field.list)
    elseif field.kind == "bool" then
        self.tree:add(fields[name], range, raw == "true")
        self:keep(field.name, raw == "true", nil, field.list)
    elseif field.kind == "float" then
        self.tree:add(fields[name], range, tonumber(raw))
        self:keep(field.name, tonumber(raw), nil, field.list)
    else
        local negative, digits = raw:match("^(%-?)(%d+)$")
        local number = field.kind == "int" and Int64(0) or UInt64(0)
        for digit in digits:gmatch("%d") do number = number * 10 + tonumber(digit) end
        if field.kind == "uint" then number = number:tonumber() elseif negative == "-" then number = -number end
        self.tree:add(fields[name], range, number)
        self:keep(field.name, number, nil, field.list)
    end
end

-- The members of an object that begins at a place of the text.
function Cursor:json(type, text, at)
    if not text then text = self.tvb:len() > 0 and self.tvb:raw() or "" end
    local whole = not at
    at = at or blank(text, 1)
    local seen = {}
    local to = object_end(text, at, function(name, from, first, last)
        local field
        for _, each in ipairs(types[type]) do
            if each.name == name and name ~= "unknown" then field = each end
        end
        if field and seen[name] then self.tree:add_proto_expert_info(findings.duplicate) end
        seen[name] = field and (field.kind == "json" or text:sub(first, last - 1) ~= "null")
        if not field then
            local item = self.tree:add(fields[self.path .. ".unknown"], self.tvb(from - 1, last - from))
            item:add_proto_expert_info(findings.unknown)
        elseif field.list and text:sub(first, first) == "[" then
            list_end(text, first, function(f, l) self:json_value(field, text, f, l) end)
        else
            self:json_value(field, text, first, last)
        end
    end)
    if not to then self:refuse("object", "is no JSON object") end
    if whole then
        self.at = blank(text, to) - 1
        if self.at > self.limit then self.at = self.limit end
    end
end

-- Whether bytes are one object; and the text of a member of it, if it is a text.
local function text_member(tvb, member)
    local text = tvb:len() > 0 and tvb:raw() or ""
    local found
    local to = object_end(text, blank(text, 1), function(name, _, first, last)
        if name == member then found = text:sub(first, first) == '"' and string_value(text:sub(first, last - 1)) or nil end
    end)
    return to and blank(text, to) > #text, found
end

-- Returns the entry of a member of an object; nil if it has no such member.
function json.member(text, name)
    local found
    object_end(text, 1, function(member, _, first, last)
        if member == name then found = { json = text:sub(first, last - 1) } end
    end)
    return found
end

-- Returns a text or a truth value; nil and the JSON of another value; nil for null.
function json.value(text)
    local first = text:sub(1, 1)
    if first == '"' then return string_value(text) end
    if first == "n" then return nil end
    if first == "t" or first == "f" then return text == "true" end
    return nil, text
end

-- Returns the number of elements of a list, or the value of a number.
function json.count(text)
    local count = 0
    if list_end(text, 1, function() count = count + 1 end) then return count end
    return text:find("^%d+$") and tonumber(text)
end
