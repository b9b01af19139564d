import pytest

from cli.desk import Desk


@pytest.fixture
def desk(tmp_path, capsysbinary):
    return Desk(tmp_path, capsysbinary)
