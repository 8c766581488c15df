"""What follows the question mark of a path, read as the shape that an operation names."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from api.bodies import refusal

Q = TypeVar("Q", bound=BaseModel)


def parse_query(model: type[Q]) -> Q:
    """The request's query as `model`; of a name that comes twice, the first counts.

    Raises:
        InvalidInputError: a name is unknown, or its text can't be read as what it should be; says which.
    """
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise refusal(error.errors(include_url=False, include_input=False)) from None
