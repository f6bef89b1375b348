"""Where a configuration was complained of."""


def lines_of(error):
    """The numbers of the lines, without those that have none."""
    return {complaint.line for complaint in error.complaints} - {None}
