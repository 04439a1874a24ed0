"""What learners did with lessons."""
