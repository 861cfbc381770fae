"""Papers that offices hand in: each described once, as parts, and rendered as a workbook, as PDF or as a document.

A new paper is one function with `@paper` in one of the modules below. It gets a `View` and says what stands on the
sheets; how they look is the renderers' business.
"""
