"""What an account holds, earned and paid: read from committed rows only."""
