
-- ---------------------------------------------------------------------------------------------------------------------
-- Summaries of messages for the Info column, as `meshspec decode` writes them. A part of a summary is a text, or a function
-- that appends texts to `out` and returns whether its fields are there. Paths begin in the group of `entry`.

local width, name_width, text_width, mark = 80, 32, 60, ".."

-- Returns text of at most `columns` characters.
local function cut(text, columns)
    if #text <= columns then return text end
    local count, last = 0, nil
    for at in text:gmatch("()[^\128-\191]") do
        count = count + 1
        if count == columns - #mark + 1 then last = at - 1 end
        if count > columns then return text:sub(1, last) .. mark end
    end
    return text
end

local signs = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\" }
-- Returns text for one line.
local function escaped(text)
    return (text:gsub("[%c\\]", function(c) return signs[c] or string.format("\\x%02x", c:byte()) end))
end

local function as_text(text) return cut(escaped(text), text_width) end
local function as_name(text)
    if #text >= 32 and not text:find("%X") then return text:sub(1, 8) .. mark end
    return cut(escaped(text), name_width)
end

local function digits(number)
    if type(number) == "boolean" then return number and "1" or "0" end
    if type(number) == "number" and number == math.floor(number) then return string.format("%.0f", number) end
    return tostring(number)
end

-- Returns digits in groups of three: 1,204.
local function grouped(number)
    local text = digits(number)
    local most = "9223372036854775807"
    if #text > #most or #text == #most and text > most then text = most end
    return (text:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

-- Returns the entry of a field by the names on its path; nil if the field is missing.
local function find(path, entry)
    for _, name in ipairs(path) do
        if entry.json then entry = json.member(entry.json, name) else entry = entry.group and entry.group[name] end
        if not entry then return nil end
    end
    return entry
end

local function split(path)
    local names = {}
    for name in path:gmatch("[^.]+") do table.insert(names, name) end
    return names
end

-- Returns a text, a number or a truth value; nil and the JSON of another value; nil for bytes and missing fields.
local function content(entry)
    if entry and entry.json then return json.value(entry.json) end
    return entry and entry.value
end

-- Returns whether a field is there and is neither false nor zero nor empty.
local function is_set(entry)
    if not entry then return false end
    if entry.count and entry.count > 1 then return true end
    if entry.group or entry.range then return entry.group ~= nil or nonzero(entry.range) == 1 end
    local value, more = content(entry)
    if type(value) == "userdata" then return digits(value) ~= "0" end
    return value ~= nil and value ~= false and value ~= 0 and value ~= "" and more ~= "0" and more ~= "[]"
end

local function run(parts, entry, out)
    local is_whole = true
    for _, part in ipairs(parts) do
        if type(part) == "string" then
            out[#out + 1] = part
        elseif not part(entry, out) then
            is_whole = false
        end
    end
    return is_whole
end

-- Writes parts, or nothing if one of their fields is missing.
local function attempt(parts, entry, out)
    local before = #out
    if run(parts, entry, out) then return true end
    for i = #out, before + 1, -1 do out[i] = nil end
    return false
end

local function missing(out)
    out[#out + 1] = "?"
    return false
end

local function hexadecimal(range)
    if range:len() > 8 then return string.format("%08x", range(0, 4):uint()) .. mark end
    return range:len() > 0 and range:bytes():tohex():lower() or ""
end

-- Writes a field. `shown` returns the text of its value or bytes, or nil if they have none. `shortened` cuts other text.
local function put(entry, out, shown, shortened)
    local value, other = content(entry)
    local range = entry and entry.range
    if not range and value == nil and not other then return missing(out) end
    local text = shown and shown(value == nil and range or value)
    if text then
        out[#out + 1] = text
        return true
    end
    if range and value == nil then
        local raw = range:len() > 0 and range:len() <= name_width and range:raw() or ""
        out[#out + 1] = raw:find("^[\33-\126]+$") and shortened(raw) or hexadecimal(range)
        return range:len() > 0
    end
    if type(value) == "string" then
        out[#out + 1] = shortened(value)
        return value ~= ""
    end
    out[#out + 1] = cut(other or type(value) == "boolean" and tostring(value) or digits(value), text_width)
    return true
end

local say = {}

function say.value(path, shown)
    path = split(path)
    return function(entry, out) return put(find(path, entry), out, shown, as_text) end
end

function say.name(path, shown)
    path = split(path)
    return function(entry, out) return put(find(path, entry), out, shown, as_name) end
end

-- A number read without a sign, plus `more`.
function say.number(path, more)
    path = split(path)
    return function(entry, out)
        local found = find(path, entry)
        local number = found and found.value
        if number == nil then return missing(out) end
        local negated = type(number) == "userdata" and digits(number):match("^%-(%d+)$")
        if negated then number = UInt64(0) - UInt64(negated) end
        out[#out + 1] = digits(more and number + more or number)
        return true
    end
end

-- The time of day. The value counts steps of `step` nanoseconds since 1970.
function say.clock(path, step)
    path = split(path)
    return function(entry, out)
        local number = tonumber(digits(content(find(path, entry)) or 0))
        local seconds = math.floor(number * step / 1e9)
        if number == 0 or math.abs(seconds) > 9223372036 then return missing(out) end
        local minutes = math.floor(seconds / 60)
        out[#out + 1] = string.format("%02d:%02d:%02d", math.floor(minutes / 60) % 24, minutes % 60, seconds % 60)
        return true
    end
end

-- The last word of a text with dots.
function say.last_word(path)
    path = split(path)
    return function(entry, out)
        local text = content(find(path, entry))
        if type(text) ~= "string" or text == "" then return missing(out) end
        out[#out + 1] = as_name(text:match("([^.]+)%.*$") or text)
        return true
    end
end

-- The part of a text after one word and before another one.
function say.between(path, before, after)
    path = split(path)
    return function(entry, out)
        local text = content(find(path, entry))
        local _, start = (type(text) == "string" and text or ""):find(before, 1, true)
        local stop = start and text:find(after, start + 1, true)
        if not stop or stop == start + 1 then return missing(out) end
        out[#out + 1] = as_name(text:sub(start + 1, stop - 1))
        return true
    end
end

local function counted(number, one, many, out)
    out[#out + 1] = grouped(number) .. " " .. (digits(number) == "1" and one or many)
    return digits(number) ~= "0"
end

-- Says a number that `number` takes from the field at a path.
local function counter(path, one, many, number)
    path = split(path)
    return function(entry, out)
        local found = find(path, entry)
        return counted(found and number(found) or 0, one, many, out)
    end
end

-- The number of elements of a list.
function say.count(path, one, many)
    return counter(path, one, many, function(found) return found.count end)
end

-- The number of elements that are not zeros.
function say.count_set(path, one, many)
    return counter(path, one, many, function(found) return found.set end)
end

-- A number, or the number of elements of a list in JSON.
function say.quantity(path, one, many)
    return counter(path, one, many, function(found) return found.json and json.count(found.json) or found.value end)
end

function say.size(path)
    path = split(path)
    return function(entry, out)
        local found = find(path, entry)
        local text = content(found)
        local size = found and found.range and found.range:len() or type(text) == "string" and #text or 0
        out[#out + 1] = grouped(size) .. " B"
        return size > 0
    end
end

function say.when(path, parts)
    path = split(path)
    return function(entry, out) return is_set(find(path, entry)) and run(parts, entry, out) end
end

function say.unless(path, parts)
    path = split(path)
    return function(entry, out) return not is_set(find(path, entry)) and run(parts, entry, out) end
end

-- Parts that are written if the text of a field is `wanted`.
function say.equal(path, wanted, parts, shown)
    path = split(path)
    return function(entry, out)
        local value = content(find(path, entry))
        if value == nil or (shown and shown(value) or digits(value)) ~= wanted then return false end
        return run(parts, entry, out)
    end
end

function say.optional(parts)
    return function(entry, out)
        attempt(parts, entry, out)
        return true
    end
end

function say.first(choices)
    return function(entry, out)
        for _, parts in ipairs(choices) do
            if attempt(parts, entry, out) then return true end
        end
        return false
    end
end

function say.joined(between, clauses)
    return function(entry, out)
        local is_first = true
        for _, parts in ipairs(clauses) do
            local before = #out
            if not is_first then table.insert(out, between) end
            if attempt(parts, entry, out) then is_first = false else out[before + 1] = nil end
        end
        return not is_first
    end
end

function say.inside(path, parts)
    path = split(path)
    return function(entry, out)
        local found = find(path, entry)
        return found and found.group and run(parts, found, out) or false
    end
end

-- The first element of a list, and the number of other elements.
function say.each(path, parts)
    path = split(path)
    return function(entry, out)
        local found = find(path, entry)
        local is_kept = found and found.count and (found.group or found.range or found.json or found.value ~= nil)
        if not is_kept or not run(parts, found, out) then return false end
        if found.count > 1 then table.insert(out, " +" .. digits(found.count - 1)) end
        return true
    end
end

-- ---------------------------------------------------------------------------------------------------------------------
-- The meanings of values.

local as = {}

function as.code(names)
    return function(number) return names[tonumber(digits(number))] or digits(number) end
end

-- A number whose bits have names. Each part has its lowest bit, its number of bits, and its name.
function as.bits(parts)
    local known = 0
    for _, part in ipairs(parts) do known = known + (2 ^ part[2] - 1) * 2 ^ part[1] end
    local form = string.format("0x%%0%dx", math.max(4, #string.format("%x", known)))
    return function(number)
        number = tonumber(digits(number))
        if number == 0 then return "0" end
        local words, rest = {}, number
        for _, part in ipairs(parts) do
            local n = bits(number, part[1], part[2])
            rest = rest - n * 2 ^ part[1]
            if n > 0 then table.insert(words, part[2] == 1 and part[3] or string.format("%s=%d", part[3], n)) end
        end
        if rest == 0 then return table.concat(words, "|") end
        table.insert(words, string.format(form, rest) .. " unknown")
        return string.format(form, number) .. " (" .. table.concat(words, ", ") .. ")"
    end
end

-- Returns the decimal digits of a number in bytes, highest byte first.
local function decimal(range)
    local parts = {}  -- seven digits each, lowest first
    local at, size = 0, (range:len() - 1) % 3 + 1
    while at < range:len() do
        local carry = range(at, size):uint()
        for k = 1, #parts do
            local n = parts[k] * 2 ^ (8 * size) + carry
            parts[k], carry = n % 10000000, math.floor(n / 10000000)
        end
        while carry > 0 or #parts == 0 do
            table.insert(parts, carry % 10000000)
            carry = math.floor(carry / 10000000)
        end
        at, size = at + size, 3
    end
    local text = digits(parts[#parts])
    for k = #parts - 1, 1, -1 do text = text .. string.format("%07d", parts[k]) end
    return text
end

-- An amount in a unit with `decimals` decimals.
function as.amount(unit, decimals)
    return function(range)
        local all = decimal(range)
        local padded = string.rep("0", decimals + 1 - #all) .. all
        local whole, fraction = padded:sub(1, -decimals - 1), padded:sub(-decimals):gsub("0+$", "")
        if all ~= "0" and whole == "0" and not fraction:sub(1, 6):find("[^0]") then return all .. "raw" end
        if #fraction > 6 then return whole .. "." .. fraction:sub(1, 6) .. mark .. unit end
        return whole .. (fraction ~= "" and "." .. fraction or "") .. unit
    end
end

-- The beginning of the text of a Nano key. A character has five bits; four zero bits precede the key.
function as.nano_key(prefix)
    local alphabet = "13456789abcdefghijkmnopqrstuwxyz"
    return function(range)
        if range:len() ~= 32 then return nil end
        local rest, text = math.floor((range(0, 4):uint() * 256 + range(4, 1):uint()) / 16), ""
        for _ = 1, 8 do
            text = alphabet:sub(rest % 32 + 1, rest % 32 + 1) .. text
            rest = math.floor(rest / 32)
        end
        return prefix .. text .. mark
    end
end

-- The end of the text of a libp2p peer id, a multihash in base 58.
function as.peer_id(range)
    local alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    local bytes, size = range:bytes(), range:len()
    local kind, count = size > 2 and bytes:get_index(0), size > 2 and bytes:get_index(1)
    if count ~= size - 2 or not (kind == 0 and count <= 42 or kind == 18 and count == 32) then return nil end
    local number, text = {}, ""
    for i = 0, size - 1 do table.insert(number, bytes:get_index(i)) end
    while #text < 8 do
        local rest, is_zero = 0, true
        for i, byte in ipairs(number) do
            rest = rest * 256 + byte
            number[i], rest = math.floor(rest / 58), rest % 58
            is_zero = is_zero and number[i] == 0
        end
        if rest == 0 and is_zero then break end
        text = alphabet:sub(rest + 1, rest + 1) .. text
    end
    if #text < 8 and kind == 0 then text = "1" .. text end
    return mark .. text
end

-- ---------------------------------------------------------------------------------------------------------------------
-- The summaries of the messages.

-- Adds a summary with the fields that it needs and its parts. It counts the elements that are not zeros of fields with a star.
local function summary(name, fields_needed, parts)
    local needed = {}
    for field, star in fields_needed:gmatch("([^ *]+)(%*?)") do needed[field] = star == "*" and "set" or true end
    summaries[name] = { needed = needed, text = function(kept)
        local out = {}
        run(parts, { group = kept }, out)
        return cut(table.concat(out), width)
    end }
end
