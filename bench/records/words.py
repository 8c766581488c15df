"""The words of purposes: each head and each tail make one, some three thousand."""

# ruff: noqa: SIM905 - words read best as running text

HEADS = (
    "air apple back bed bird black blue board book bread candle cloud coffee copper corner day door earth farm fire "
    "foot garden glass green hand harbour hill honey house ice iron lake lamp leaf light market moon night paper rain "
    "river road school sea silver snow star stone sun tea water wind winter wood"
).split()
TAILS = (
    "band bank barn bell boat bridge cart chest clock coat court craft desk drop field flow fold frame gate guard hall "
    "hook horn keeper land line lock maker mark mill mine pass path pier place point pool press ring room seed shed "
    "shelf shop side song spring stand store tower town trail wall ward way works yard"
).split()
