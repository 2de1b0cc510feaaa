"""Who asks: the pages a person sees."""
