// Where a word is taught comes before the functions that have it in their name. The numbers are Sphinx's own.
var Scorer = {
  score: ([page, , , , score]) => (page.startsWith("docs/api/") ? score / 20 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
