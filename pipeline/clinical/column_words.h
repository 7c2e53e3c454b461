/* column_words.h - the words in the name of a column, whatever separates them.
 * Layer: clinical, inside the room. */
#ifndef RMT_COLUMN_WORDS_H
#define RMT_COLUMN_WORDS_H
#include <stdbool.h>
#include <stddef.h>

enum { RMT_WORDS_TEXT = 128, RMT_WORDS_MOST = 16 };
typedef struct {
    char text[RMT_WORDS_TEXT];
    const char *word[RMT_WORDS_MOST]; /* in text */
    size_t n;
} rmt_column_words;

/* "Patient-Name", "patient name" and "patientName" are "patient", "name"; "Straße" is "strasse" and "prénom" "prenom"
 * (letters of Latin-1 lose their accents), "#" is "no". False: the name is longer than any that has a meaning here. words
 * must not be copied. */
bool rmt_column_words_read(rmt_column_words *words, const char *column);
/* The words from..to (without to) written as one: "patientname". */
void rmt_column_words_join(char out[RMT_WORDS_TEXT], const rmt_column_words *words, size_t from,
                           size_t to);
#endif
