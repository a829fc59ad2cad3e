
-- ---------------------------------------------------------------------------------------------------------------------
-- JSON: the members of an object by their names, in any order; what its type does not name is unknown.

local types = {}  -- the members of each type of message, by its name

local function blank(text, at) return text:find("[^ \t\r\n]", at) or #text + 1 end

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local function unescaped(code)
    local n = tonumber(code, 16)
    if n < 0x80 then return string.char(n) end
    if n < 0x800 then return string.char(0xc0 + math.floor(n / 64), 0x80 + n % 64) end
    return string.char(0xe0 + math.floor(n / 4096), 0x80 + math.floor(n / 64) % 64, 0x80 + n % 64)
end

-- What a text in quotes says.
local function string_value(text)
    return (text:sub(2, -2):gsub("\\(u?)(%x?%x?%x?%x?)(.?)", function(u, digits, other)
        if u ~= "" and #digits == 4 then return unescaped(digits) .. other end
        local all = u .. digits .. other
        return (escapes[all:sub(1, 1)] or all:sub(1, 1)) .. all:sub(2)
    end))
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

-- A value of a member: what is not of its kind is malformed.
function Cursor:json_value(field, text, from, to)
    local raw, name = text:sub(from, to - 1), self.path .. "." .. field.name
    local range = self.tvb(from - 1, to - from)
    self.at = from - 1
    if raw == "null" and field.kind ~= "json" then return end
    if field.type then
        self:open(field.name, to - from)
        self:json(field.type, text, from)
        self.at = to - 1
        self:close()
    elseif field.kind == "json" then
        self.tree:add(fields[name], range, raw)
    elseif field.kind == "text" then
        if raw:sub(1, 1) ~= '"' then self:refuse(field.name, "wants a text") end
        local value = string_value(raw)
        self:require(field.name, not field.expected or value == field.expected, "wants " .. tostring(field.expected))
        self.tree:add(fields[name], range, value)
    elseif field.kind == "bool" then
        if raw ~= "true" and raw ~= "false" then self:refuse(field.name, "wants true or false") end
        self.tree:add(fields[name], range, raw == "true")
    elseif field.kind == "float" then
        if not tonumber(raw) then self:refuse(field.name, "wants a number") end
        self.tree:add(fields[name], range, tonumber(raw))
    else
        if not raw:find("^%-?%d+$") then self:refuse(field.name, "wants an integer") end
        local negative, digits = raw:match("^(%-?)(%d+)$")
        local number = field.kind == "int" and Int64(0) or UInt64(0)
        for digit in digits:gmatch("%d") do number = number * 10 + tonumber(digit) end
        self.tree:add(fields[name], range, field.kind == "uint" and number:tonumber() or negative == "-" and -number or number)
    end
end

-- The members of an object that begins at a place of the text.
function Cursor:json(type, text, at)
    if not text then text = self.tvb:len() > 0 and self.tvb:raw() or "" end
    local whole = not at
    at = at or blank(text, 1)
    local to = object_end(text, at, function(name, from, first, last)
        local field
        for _, each in ipairs(types[type]) do
            if each.name == name and name ~= "unknown" then field = each end
        end
        if not field then
            self.tree:add(fields[self.path .. ".unknown"], self.tvb(from - 1, last - from))
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
