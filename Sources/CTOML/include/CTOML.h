#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

// A TOML text, parsed once and laid out flat: every leaf in the order of the text, or the one
// place where it stops being TOML. Strings are UTF-8 with a length, since a TOML string may hold
// a zero byte; all of them live until the document is freed. A text nested deeper than
// JOBRAKER_TOML_DEPTH is refused before it is parsed.

enum { JOBRAKER_TOML_DEPTH = 16 };

typedef enum {
    JOBRAKER_TOML_STRING,
    JOBRAKER_TOML_INTEGER,
    JOBRAKER_TOML_FLOAT,
    JOBRAKER_TOML_BOOLEAN,
    JOBRAKER_TOML_TIME,   // a date, a time of day, or both
    JOBRAKER_TOML_ARRAY,
    JOBRAKER_TOML_TABLE,  // as a leaf: a table with nothing in it
} jobraker_toml_type;

typedef struct {
    const char *bytes;
    size_t length;
} jobraker_toml_text;

// Lines and columns count from 1; a column is one Unicode scalar.
typedef struct {
    uint32_t line;
    uint32_t column;
} jobraker_toml_place;

// One element of an array. `text` is empty unless it is a string.
typedef struct {
    jobraker_toml_type type;
    jobraker_toml_text text;
    jobraker_toml_place place;
} jobraker_toml_item;

// One value with its whole path. Parts of the path that are not bare keys stay quoted in it, so
// that the key "a.b" and the key b of table a never look the same.
typedef struct {
    jobraker_toml_text path;
    jobraker_toml_place key_place;
    jobraker_toml_place value_place;
    jobraker_toml_type type;
    jobraker_toml_text text;   // STRING: what it says
    int64_t integer;           // INTEGER; BOOLEAN as 0 or 1
    double number;             // FLOAT, and INTEGER converted
    const jobraker_toml_item *items; // ARRAY
    size_t item_count;
} jobraker_toml_leaf;

typedef struct jobraker_toml_document jobraker_toml_document;

// Never null; to be freed by the caller whether or not the text was TOML.
jobraker_toml_document *jobraker_toml_parse(const char *bytes, size_t length);
void jobraker_toml_free(jobraker_toml_document *document);

// What is wrong with the text and where, or an empty text when nothing is.
jobraker_toml_text jobraker_toml_problem(const jobraker_toml_document *document, jobraker_toml_place *place);

size_t jobraker_toml_leaf_count(const jobraker_toml_document *document);
// `index` must be below the count.
const jobraker_toml_leaf *jobraker_toml_leaf_at(const jobraker_toml_document *document, size_t index);

#ifdef __cplusplus
}
#endif
